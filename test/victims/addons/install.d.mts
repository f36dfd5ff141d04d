export function installAddons(): void;
export function requireAddon(name: 'lmdb' | 'sharp'): unknown;
