import type { BaselineRecord } from '../../packages/core/src/types.js';
import type { Project } from '../tools/project.mjs';

/** Of one run, by subject. */
export type Records = Readonly<Record<string, BaselineRecord>>;

export function labProject(name: string): Project;
export function recordAll(
  project: Project,
  options: {
    readonly args?: readonly string[];
    readonly extra?: Readonly<Record<string, number>>;
    readonly only?: readonly string[];
    readonly metrics?: readonly string[];
    readonly node?: string;
  },
): Promise<Records>;
export function keepBusy(count: number): () => void;
