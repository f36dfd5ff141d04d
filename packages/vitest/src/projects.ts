// Which project of a run a file belongs to.

import type { RunProject } from '@highwater/core';

interface Named {
  readonly name: string;
}

/** @param filter of names that are to run; the others are not known then */
export function runProjectOf(
  { name }: Named,
  projects: readonly Named[],
  filter: readonly string[] = [],
): RunProject {
  return {
    // The one project of a configuration without projects.
    name: name === '' ? undefined : name,
    all: filter.length > 0 ? undefined : projects.map((one) => one.name),
  };
}
