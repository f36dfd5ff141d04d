export type TypesProject = {
  readonly name: string;
  readonly dir: string;
  readonly fixtures: readonly string[];
};

export function ownTypesProject(): string;
export function otherTypesProjects(): readonly TypesProject[];
export function compile(options: {
  readonly dir: string;
  readonly fixture: string;
  readonly modules: 'esm' | 'cjs';
  readonly skipLibCheck: boolean;
}): string;
export function compileAll(
  project: TypesProject,
): readonly { readonly name: string; readonly errors: string }[];
