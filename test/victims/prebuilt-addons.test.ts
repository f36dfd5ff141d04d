// Addons as people install them: without symbols, with libraries of their own that hide their frames.

import { beforeAll, describe, expect, it } from 'vitest';
import { installAddons } from './addons/install.mjs';
import {
  findVictimLeaks,
  judgeVictims,
  lineOf,
  measureVictims,
} from './victim-process.js';

const PROGRAM = 'programs/prebuilt.mjs';
const IMAGE_BYTES = 32 * 32 * 3;
/** A call takes milliseconds, of other threads: more on a busy machine. */
const PATIENT = { timeoutMs: 120_000 };

beforeAll(() => installAddons());

describe('an image that is kept', () => {
  it('is found by who holds it, with the memory of libvips', async () => {
    const [report] = await findVictimLeaks({
      victims: ['keptThumbnail'],
      options: PATIENT,
    });
    expect(report!.verdict).toBe('leak');
    expect(report!.groups[0]!.path.steps.map(({ name }) => name)).toContain('kept');
    // Node-API and V8 note something for each.
    expect(report!.nativeBytesPerCall).toBeGreaterThanOrEqual(IMAGE_BYTES);
    expect(report!.nativeBytesPerCall).toBeLessThan(IMAGE_BYTES + 600);
  });

  it('is no leak when it is dropped', async () => {
    const [judgement] = await judgeVictims('toNotLeak', {
      victims: ['droppedThumbnail'],
      options: PATIENT,
    });
    expect(judgement!.pass, judgement!.message).toBe(true);
  });
});

describe('what a call asks for', () => {
  it('is told by the functions of the addon and its library', async () => {
    const run = { victims: ['droppedThumbnail'], options: { native: true } };
    const [{ native } = {}] = await measureVictims(run);
    const stacks = native!.callsites.flatMap((site) => site.nativeStacks ?? []);
    const names = stacks.map(({ frames }) => frames[0]!);
    expect(names).toContainEqual({
      functionName: 'vips_image_write_to_memory',
      module: expect.stringMatching(/^libvips/),
    });
    // Of the thread that calls, with the line.
    const called = native!.callsites.find(
      ({ frames, nativeStacks = [] }) =>
        frames.length > 0 &&
        nativeStacks.some((stack) =>
          stack.frames.some(({ module }) => module.startsWith('sharp-')),
        ),
    );
    expect(called!.frames.map(({ functionName }) => functionName)).toContain('_pipeline');
  });
});

describe('a database', () => {
  it('that is opened and closed leaves native memory behind, found with its lines', async () => {
    const run = {
      victims: ['openedAndClosedDatabase'],
      options: { ...PATIENT, native: true },
    };
    const [report] = await findVictimLeaks(run);
    expect(report).toMatchObject({ verdict: 'leak', groups: [] });
    // Others are of lmdb's own threads.
    const site = report!.nativeSites.find(({ frames }) =>
      frames.some(({ functionName }) => functionName === 'openAndClose'),
    );
    expect(site!.frames.at(-1)!.line).toBe(lineOf('const database = open();', PROGRAM));
    const functions = report!.nativeSites.flatMap(({ nativeStacks = [] }) =>
      nativeStacks.flatMap(({ frames }) =>
        frames.map(({ functionName }) => functionName),
      ),
    );
    expect(functions).toContain('EnvWrap::EnvWrap');
  });

  it('that stays open and is used is clean', async () => {
    const [judgement] = await judgeVictims('toNotLeak', {
      victims: ['openDatabase'],
      options: PATIENT,
    });
    expect(judgement!.pass, judgement!.message).toBe(true);
  });
});
