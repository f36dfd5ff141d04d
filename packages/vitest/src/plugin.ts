// One line in vitest.config: `plugins: [highwater()]`.

/** A Vite plugin, as far as this one goes: no `vite` is needed for its types. */
export interface HighwaterPlugin {
  readonly name: 'highwater';
  readonly config: () => {
    readonly test: {
      readonly setupFiles: string[];
      readonly server: { readonly deps: { readonly external: RegExp[] } };
    };
  };
}

/** Registers the matchers in every test file, in every pool. */
export function highwater(): HighwaterPlugin {
  return {
    name: 'highwater',
    config: () => ({
      test: {
        setupFiles: ['@highwater/vitest/setup'],
        // In a monorepo the packages are links to sources, which Vite would transform.
        server: { deps: { external: [/[\\/]@?highwater[\\/]/] } },
      },
    }),
  };
}
