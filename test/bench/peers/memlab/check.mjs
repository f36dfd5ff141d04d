// memlab on one victim: snapshots before and after the calls, with the leak filter that
// gets most victims right (its default finds none of them outside a browser).

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeHeapSnapshot } from 'node:v8';
import api from '@memlab/api';
import core from '@memlab/core';
import { answer } from '../../tools/program.mjs';
import { victimNamed } from '../../victims/index.mjs';

const CALLS = 200;
const KINDS = ['object', 'closure', 'native'];

core.config.muteConsole = true;
core.config.externalLeakFilter = { leakFilter: (node) => KINDS.includes(node.type) };

const directory = mkdtempSync(join(tmpdir(), 'highwater-memlab-'));
const snapshot = (name) => writeHeapSnapshot(join(directory, `${name}.heapsnapshot`));

const fn = victimNamed(process.argv[2]).make();
const log = console.log;
console.log = () => {};
const start = performance.now();
fn();
const baseline = snapshot('baseline');
for (let i = 0; i < CALLS; i++) fn();
const target = snapshot('target');
// Where a page would go back: a function in Node has nothing to undo.
const final = snapshot('final');
const leaks = await api.findLeaksBySnapshotFilePaths(baseline, target, final, {
  consoleMode: api.ConsoleMode.SILENT,
});
const ms = performance.now() - start;
console.log = log;
rmSync(directory, { recursive: true, force: true });
answer({ leaks: leaks.length > 0, ms });
