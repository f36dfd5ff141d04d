// The Node binary of a run, with the addon built for it.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildNative } from '../../../native/build.mjs';
import { findNode, versionOf } from '../../tools/nodes.mjs';
import { usageError } from './usage-error.mjs';

const found = new Map();

/**
 * @param {string} folder
 * @param {{ node: { major: number } | { alias: string } }} run
 * @returns {{ node: string, version: string }}
 */
export function binaryOf(folder, { node }) {
  const key = node.alias ?? node.major;
  if (!found.has(key)) {
    const binary = node.alias ? aliased(folder, node.alias) : findNode(node.major);
    // A major has one ABI, and one addon: that of its newest version serves its old ones.
    buildNative({ node: findNode(majorOf(binary.version)).node });
    found.set(key, binary);
  }
  return found.get(key);
}

function majorOf(version) {
  return Number(/^v(\d+)/.exec(version)[1]);
}

function aliased(folder, alias) {
  const node = join(folder, 'node_modules', alias, 'bin/node');
  if (!existsSync(node)) throw usageError(`${folder} installs no ${alias}.`);
  return { node, version: versionOf(node) };
}
