// Which numbers may be held against which: those of one Node major on one platform.

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
