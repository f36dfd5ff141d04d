// Which numbers may be held against which: those of one Node major on one platform, and of one project of the runner.

/** What of `process` decides. */
export interface BaselineWorld {
  /** `process.versions.node` */
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  readonly arch: string;
}

export function currentWorld(): BaselineWorld {
  const { node, v8 } = process.versions;
  return { node, v8, platform: process.platform, arch: process.arch };
}

/** The key of a record: `node22-linux-x64`. */
export function environmentKey({ node, platform, arch }: BaselineWorld): string {
  return `node${node.split('.')[0]}-${platform}-${arch}`;
}

/** The same in a project of the runner: `node22-linux-x64 [web]`. Without a name it is that of the environment. */
export function keyInProject(environment: string, project: string | undefined): string {
  return project === undefined ? environment : `${environment} [${project}]`;
}

/** Both parts of such a key. */
export function partsOfKey(key: string): {
  readonly environment: string;
  readonly project: string | undefined;
} {
  const [, environment = key, project] = /^(\S+) \[(.*)\]$/s.exec(key) ?? [];
  return { environment, project };
}

/** The project of the runner that runs a file, and those beside it. */
export interface RunProject {
  /** Undefined without projects. */
  readonly name: string | undefined;
  /** Of all that the configuration has; undefined when not all of them are known. */
  readonly all: readonly string[] | undefined;
}

export const NO_PROJECT: RunProject = { name: undefined, all: undefined };
