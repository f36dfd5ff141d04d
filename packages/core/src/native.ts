// The addon, loaded once. Nothing else imports it, but what a child loads to report what it takes (children/self.ts).

import { loadNative, type Native } from '@highwater/native';
import { errors } from './errors.js';
import { firstWorld } from './first-world.js';
import { REPORT_KEY, type ReportState } from './report-state.js';

export type {
  BodyPlan,
  ByteWindow,
  GrowingCollection,
  GrownStore,
  HeapClass,
  HeapGraph,
  HeapNode,
  HeapStep,
  HeapTooLarge,
  LookPlan,
  Native,
  NativeDetail,
  NativeProfile,
  NativeReading,
  PeakWindow,
  ProcessMemory,
  Profile,
  ProfileNode,
  SettledReadings,
  SurvivorGroup,
  TestWindow,
  WasmMemoryUse,
  WrittenAt,
} from '@highwater/native';

let loaded: Native | undefined;

/**
 * @throws HighwaterError `missing-addon` where there is no addon for this platform and Node
 */
export function native(): Native {
  if (loaded !== undefined) return loaded;
  try {
    loaded = loadNative();
  } catch (cause) {
    throw errors.missingAddon(cause);
  }
  tellReport();
  return loaded;
}

/** A process that reports what it takes (children/self.ts) can't any more: windows and collections are ours. */
function tellReport(): void {
  const world = firstWorld<{ [key: symbol]: unknown }>();
  const report = world[REPORT_KEY] as ReportState | undefined;
  if (report !== undefined) report.isDisturbed = true;
}
