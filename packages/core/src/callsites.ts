// From the sampling profile, a tree of raw frames, to the stacks that a person recognises.

import type { Profile, ProfileNode } from '@highwater/native';

import {
  type NativeSeries,
  NativeStackSums,
  nativeFramesOf,
} from './callsites/native-stacks.js';
import { originOf } from './callsites/origin.js';
import { type OwnFolders, ownFolders } from './callsites/own-code.js';
import { trimStack } from './callsites/trim.js';
import { filePathOf } from './file-path.js';
import type { ScriptPosition, SourceMapper } from './source-map.js';
import type { Callsite, Frame, IgnoreRule, SiteIdentity } from './types.js';

/** A frame in the coordinates of the compiled code; {@link mapFrames} makes it the user's. */
export interface CompiledFrame extends Frame {
  readonly scriptId: number;
  /** As V8 calls the script: a path or a URL. */
  readonly scriptName: string;
}

/** What one stack held at every reading. */
export interface CallsiteSeries<F extends Frame = CompiledFrame> {
  /** Innermost first; at least one frame. */
  readonly frames: readonly F[];
  /** Objects, per reading. */
  readonly counts: readonly number[];
  readonly bytes: readonly number[];
  /** By which native functions; only where they were recorded. */
  readonly nativeStacks?: readonly NativeSeries[];
}

/** How raw stacks become callsites. */
export interface StackOptions {
  /** Keep the frames of Node and V8 between the user's frames. Default: false. */
  readonly internals?: boolean;
  /** Where highwater lies. Default: where this file does. */
  readonly ownFolders?: OwnFolders;
}

export interface SelectOptions extends StackOptions {
  /** Callsites to leave out. */
  readonly ignore?: readonly IgnoreRule[];
  /** The rules see the user's own coordinates; without rules it is not called. */
  readonly mapper?: SourceMapper;
}

export interface CallsitesOptions extends SelectOptions {
  /** Calls that the reading covers. */
  readonly calls: number;
  /** Index into the profile's readings. Default: the last one. */
  readonly reading?: number;
}

/** What all callsites of a reading held together. */
export interface SiteTotals {
  readonly count: number;
  readonly bytes: number;
}

/**
 * Every distinct callsite with its readings, in the order of the profile. What highwater
 * or the runner allocated on their own is left out.
 */
export function callsiteSeries(
  profile: Profile,
  options: SelectOptions = {},
): readonly CallsiteSeries[] {
  const sites = collectSites(profile, options);
  const { ignore = [], mapper } = options;
  if (ignore.length === 0) return sites;
  const shown = mapper === undefined ? sites : mapSites(sites, mapper);
  return sites.filter((_, index) => {
    const frames = shown[index]?.frames ?? [];
    return !ignore.some((rule) => siteMatches(rule, { frames }));
  });
}

/** The callsites of one reading, per call, most bytes first; in compiled coordinates, see {@link mapSites}. */
export function callsitesOf(
  profile: Profile,
  options: CallsitesOptions,
): readonly (Callsite & { readonly frames: readonly CompiledFrame[] })[] {
  const { calls, reading = profile.counts.length - 1 } = options;
  return callsiteSeries(profile, options)
    .map((site) => ({
      frames: site.frames,
      allocatedCount: (site.counts[reading] ?? 0) / calls,
      allocatedBytes: (site.bytes[reading] ?? 0) / calls,
    }))
    .filter((site) => site.allocatedCount > 0 || site.allocatedBytes > 0)
    .sort(
      (a, b) =>
        b.allocatedBytes - a.allocatedBytes || b.allocatedCount - a.allocatedCount,
    );
}

/** The sums of one reading over everything that is the user's and not ignored. */
export function siteTotals(
  profile: Profile,
  reading: number,
  options: SelectOptions = {},
): SiteTotals {
  let count = 0;
  let bytes = 0;
  for (const site of callsiteSeries(profile, options)) {
    count += site.counts[reading] ?? 0;
    bytes += site.bytes[reading] ?? 0;
  }
  return { count, bytes };
}

/** Whether a rule speaks of a callsite (of any of its frames) or of survivors. */
export function siteMatches(rule: IgnoreRule, site: SiteIdentity): boolean {
  if (typeof rule === 'function') return rule(site);
  const { frames, className, retainers = [] } = site;
  const names = [...frames.map((frame) => frame.functionName), ...retainers];
  if (className !== undefined) names.push(className);
  if (typeof rule === 'string') {
    return names.includes(rule) || frames.some((frame) => frame.file.includes(rule));
  }
  // A search starts at the beginning even when the user's RegExp is global or sticky.
  return [...names, ...frames.map((frame) => frame.file)].some(
    (text) => text.search(rule) >= 0,
  );
}

/** The frames in the user's own source coordinates. */
export function mapFrames(
  frames: readonly CompiledFrame[],
  mapper: SourceMapper,
): readonly Frame[] {
  const positions = mapper(frames.map(positionOf));
  return frames.map((frame, index) => {
    const { functionName, origin } = frame;
    const { file, line, column } = positions[index] ?? frame;
    return { functionName, file, line, column, origin: originOfSource(origin, file) };
  });
}

/** Sites of any kind with {@link mapFrames} applied: all at once, because a mapping has a fixed cost. */
export function mapSites<S extends { readonly frames: readonly CompiledFrame[] }>(
  sites: readonly S[],
  mapper: SourceMapper,
): readonly (Omit<S, 'frames'> & { readonly frames: readonly Frame[] })[] {
  const distinct = [...new Set(sites.flatMap((site) => site.frames))];
  const mapped = mapFrames(distinct, mapper);
  const byFrame = new Map(
    distinct.map((frame, index) => [frame, mapped[index] as Frame]),
  );
  return sites.map((site) => ({
    ...site,
    frames: site.frames.map((frame) => byFrame.get(frame) ?? frame),
  }));
}

function collectSites(
  profile: Profile,
  options: StackOptions,
): readonly CallsiteSeries[] {
  const { frames: frameOfNode, ids } = internFrames(
    profile.nodes,
    options.ownFolders ?? ownFolders,
  );
  const sites = new Map<string, SiteSum>();

  profile.nodes.forEach((_, index) => {
    if (!holdsAnything(profile, index)) return;
    const path = ancestry(profile.nodes, index);
    const stack = path.flatMap((at) => frameOfNode[at] ?? []);
    const frames = trimStack(stack, options.internals ?? false);
    if (frames === undefined) return;

    const key = frames.map((frame) => ids.get(frame)).join();
    const site = sites.get(key) ?? newSite(frames);
    sites.set(key, site);
    addNode(site, profile, path);
  });
  return [...sites.values()].map(readSite);
}

/** What no JavaScript asked for: threads of Node's pool and of addons, and their callbacks. No frames. */
export function siteWithoutStack(profile: Profile): CallsiteSeries {
  const site = newSite([]);
  profile.nodes.forEach((_, index) => {
    const path = ancestry(profile.nodes, index);
    const isForeign = path.every((at) => {
      const node = profile.nodes[at];
      return node === undefined || node.parent < 0 || node.module !== undefined;
    });
    if (isForeign) addNode(site, profile, path);
  });
  return readSite(site);
}

interface SiteSum {
  readonly frames: readonly CompiledFrame[];
  readonly counts: number[];
  readonly bytes: number[];
  readonly nativeStacks: NativeStackSums;
}

function newSite(frames: readonly CompiledFrame[]): SiteSum {
  return { frames, counts: [], bytes: [], nativeStacks: new NativeStackSums() };
}

function readSite({ nativeStacks, ...site }: SiteSum): CallsiteSeries {
  return { ...site, ...nativeStacks.read() };
}

/** @param path the node and its callers */
function addNode(
  site: SiteSum,
  { nodes, counts, bytes }: Profile,
  path: readonly number[],
): void {
  const [index = 0] = path;
  addColumn(site.counts, counts, index);
  addColumn(site.bytes, bytes, index);
  site.nativeStacks.add(
    nativeFramesOf(path.map((at) => nodes[at])),
    bytes.map((column) => column[index] ?? 0),
  );
}

interface InternedFrames {
  /** By node; none for the root and for native functions. Equal frames are one object. */
  readonly frames: readonly (CompiledFrame | undefined)[];
  readonly ids: ReadonlyMap<CompiledFrame, number>;
}

function internFrames(
  nodes: readonly ProfileNode[],
  folders: OwnFolders,
): InternedFrames {
  const origins = new Map<string, Frame['origin']>();
  const distinct = new Map<string, CompiledFrame>();
  const keys = nodes.map((node) => {
    if (node.parent < 0 || node.module !== undefined) return undefined;
    const file = fileOf(node);
    const origin = origins.get(file) ?? originOf(file, folders);
    origins.set(file, origin);
    const { functionName, scriptId, scriptName, line, column } = node;
    const frame = { functionName, file, line, column, origin, scriptId, scriptName };
    const key = frameKey(frame);
    // Of several copies of a module the latest is the likeliest to be alive, with its map.
    if (scriptId >= (distinct.get(key)?.scriptId ?? 0)) distinct.set(key, frame);
    return key;
  });
  return {
    frames: keys.map((key) => (key === undefined ? undefined : distinct.get(key))),
    ids: new Map([...distinct.values()].map((frame, id) => [frame, id])),
  };
}

function fileOf({ scriptName, scriptId }: ProfileNode): string {
  return scriptName === '' && scriptId > 0 ? '<eval>' : filePathOf(scriptName);
}

/** The same for the copies of a function in a module that was loaded again. */
function frameKey({ functionName, file, line, column, scriptId }: CompiledFrame): string {
  // A name that is no path may belong to any number of scripts.
  const script = /^(?:[/\\]|[A-Za-z]:|node:)/.test(file) ? file : String(scriptId);
  return [functionName, script, line, column].join('\n');
}

function holdsAnything({ counts, bytes }: Profile, node: number): boolean {
  const isSome = (column: Float64Array): boolean => (column[node] ?? 0) > 0;
  return counts.some(isSome) || bytes.some(isSome);
}

/** The node and its callers, innermost first. */
function ancestry(nodes: readonly ProfileNode[], node: number): readonly number[] {
  const path: number[] = [];
  for (let at = node; at >= 0; at = nodes[at]?.parent ?? -1) path.push(at);
  return path;
}

function addColumn(
  sums: number[],
  readings: readonly Float64Array[],
  node: number,
): void {
  readings.forEach((column, reading) => {
    sums[reading] = (sums[reading] ?? 0) + (column[node] ?? 0);
  });
}

function positionOf({
  scriptId,
  scriptName,
  functionName,
  line,
  column,
}: CompiledFrame): ScriptPosition {
  return { scriptId, scriptName, functionName, line, column };
}

/** A bundle may hold other people's code. */
function originOfSource(origin: Frame['origin'], file: string): Frame['origin'] {
  return origin === 'user' ? originOf(file, []) : origin;
}
