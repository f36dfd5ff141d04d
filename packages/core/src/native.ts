// The addon, loaded once. The only file that imports it.

import { loadNative, type Native } from '@highwater/native';
import { errors } from './errors.js';

export type {
  ByteWindow,
  GrowingCollection,
  HeapClass,
  HeapGraph,
  HeapNode,
  HeapStep,
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
  return loaded;
}
