import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';

function git(...args) {
  const { status, stdout } = spawnSync('git', args, {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : '';
}

function distribution() {
  try {
    const text = readFileSync('/etc/os-release', 'utf8');
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(text)?.[1] ?? '';
  } catch {
    return '';
  }
}

/** Where and of what these figures are. */
export function machine() {
  const cpus = os.cpus();
  return {
    date: new Date().toISOString(),
    commit: `${git('rev-parse', '--short', 'HEAD') || 'unknown'}${git('status', '--porcelain') ? ' and changes' : ''}`,
    node: process.version,
    v8: process.versions.v8,
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    load: os.loadavg().map((load) => Number(load.toFixed(2))),
    system: `${os.type()} ${os.release()} ${os.arch()}, ${distribution()}`,
  };
}

/** @param {ReturnType<typeof machine>} about */
export function machineText(about) {
  const memory = (about.memoryBytes / 2 ** 30).toFixed(1);
  return [
    `highwater ${about.commit}, Node ${about.node} (V8 ${about.v8}), ${about.date}`,
    `${about.cores} x ${about.cpu}, ${memory} GiB, load ${about.load.join(' ')}`,
    about.system,
  ].join('\n');
}
