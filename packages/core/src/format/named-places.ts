// A column of names beside a column of places: who gets how much room, and which place goes on a line of its own.

import { columnsOf } from './columns.js';
import { GAP } from './layout.js';
import { shortenName } from './location.js';

/** A function, or whatever else, and where it is. */
export interface NamedPlace {
  readonly name: string;
  /** Before the name, and never cut. */
  readonly prefix?: string;
  /** Never cut where it has a line of its own: terminals make links of paths that are whole. */
  readonly place: string;
  /** Columns right of the room that nothing takes in its row. */
  readonly freeColumns?: number;
}

/** A {@link NamedPlace}, laid out. */
export interface FittedPlace {
  /** With its prefix; cut where there is no room. */
  readonly name: string;
  /** Too long to stand beside the name. */
  readonly isBelow: boolean;
}

/** Shorter names are never cut. */
const LEAST_NAME = 20;

/**
 * Names are cut in the middle, and only as far as the places beside them need it. Names that would read alike
 * are not cut.
 *
 * @param room columns of a name, the gap and a place
 */
export function fitPlaces(
  entries: readonly NamedPlace[],
  room: number,
): readonly FittedPlace[] {
  const whole = entries.map(({ prefix = '', name }) => prefix + name);
  const places = entries.map(
    ({ place, freeColumns = 0 }) => columnsOf(place) - freeColumns,
  );
  const beside = places.filter((width) => width <= room - GAP.length - LEAST_NAME);
  const wanted = room - Math.max(0, ...beside.map((width) => width + GAP.length));
  const width = Math.min(longestOf(whole), Math.max(LEAST_NAME, wanted));
  const cut = entries.map(
    ({ prefix = '', name }) => prefix + shortenName(name, width - columnsOf(prefix)),
  );
  // Two that differ would not any more.
  const isAnyAlike = new Set(cut).size < new Set(whole).size;
  const names = isAnyAlike ? whole : cut;
  const nameWidth = longestOf(names);
  return names.map((name, index) => ({
    name,
    isBelow: (places[index] ?? 0) > room - GAP.length - nameWidth,
  }));
}

function longestOf(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(columnsOf));
}
