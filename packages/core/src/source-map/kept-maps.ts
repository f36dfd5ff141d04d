// Source maps that are kept, up to a size.

import type { TraceMap } from '@jridgewell/trace-mapping';

/** A map, or that there is none. */
export interface LoadedMap {
  readonly map: TraceMap | undefined;
  /** Of its text. */
  readonly bytes: number;
}

export const NO_MAP: LoadedMap = { map: undefined, bytes: 0 };

/** By script; those asked for least recently go first. */
export class KeptMaps {
  readonly #mostBytes: number;
  readonly #maps = new Map<number, LoadedMap>();
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  find(scriptId: number): LoadedMap | undefined {
    const found = this.#maps.get(scriptId);
    if (found === undefined) return undefined;
    this.#maps.delete(scriptId);
    this.#maps.set(scriptId, found);
    return found;
  }

  keep(scriptId: number, loaded: LoadedMap): void {
    if (loaded.bytes > this.#mostBytes || this.#mostBytes === 0) return;
    this.#maps.set(scriptId, loaded);
    this.#bytes += loaded.bytes;
    for (const [id, { bytes }] of this.#maps) {
      if (this.#bytes <= this.#mostBytes) return;
      this.#maps.delete(id);
      this.#bytes -= bytes;
    }
  }
}
