// What Vitest itself says of the tests that ran, to hold against what was recorded.

import { hasSetUp } from '@highwater/core';

/** What is used of Vitest's `TestModule`; the same from 3.2 on. */
export interface TestModule {
  readonly moduleId: string;
  readonly project: {
    readonly name: string;
    readonly config: { readonly setupFiles?: string | readonly string[] };
  };
  readonly children: {
    readonly allTests: () => Iterable<{
      readonly result: () => { readonly state: string };
    }>;
  };
  readonly task?: {
    readonly pool?: string;
    readonly meta?: { readonly typecheck?: boolean };
  };
}

/** Tests of it that passed or failed; undefined where its tests run in no process of Node. */
export function ranTests({
  project,
  children,
  task,
}: TestModule): { readonly count: number; readonly isSetUp: boolean } | undefined {
  const isElsewhere =
    task?.meta?.typecheck === true ||
    ['typescript', 'browser'].includes(task?.pool ?? '');
  if (isElsewhere) return undefined;
  const ran = [...children.allTests()].filter((test) =>
    ['passed', 'failed'].includes(test.result().state),
  );
  const { setupFiles = [] } = project.config;
  return {
    count: ran.length,
    isSetUp: hasSetUp([setupFiles].flat(), '@highwater/vitest'),
  };
}
