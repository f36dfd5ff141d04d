'use strict';

// Finds the binary of the addon for the Node that runs. Binaries are built per
// ABI (V8's own API has no stable one): prebuilds/<platform>-<arch>/node.abi<N>.node

const findBinary = require('node-gyp-build');

/**
 * What exists: the platform, and the Node majors by ABI.
 * @type {{ platforms: string[], nodes: string }}
 */
const SUPPORTED = { platforms: ['linux-x64'], nodes: 'Node 20, 22, 24 and 26' };

/** @type {import('.').Native | undefined} */
let loaded;

function here() {
  return `${process.platform}-${process.arch}, Node ${process.version} (ABI ${process.versions.modules})`;
}

function unsupported(cause) {
  const platform = `${process.platform}-${process.arch}`;
  const advice = SUPPORTED.platforms.includes(platform)
    ? 'Use one of these Node versions, or install @highwater/native again: ' +
      'its binary may be missing or damaged. In the repository, run "npm run build".'
    : 'Run these tests on Linux x64, for example in a node:22 container.';
  return new Error(
    `highwater has no addon that loads on ${here()}.\n` +
      `It is built for ${SUPPORTED.platforms.join(', ')} (glibc) with ${SUPPORTED.nodes}.\n` +
      `${advice}\n` +
      `Cause: ${cause instanceof Error ? cause.message.split('\n')[0] : String(cause)}`,
    { cause },
  );
}

/** Loads the addon once per module registry; throws an error that says what is missing. */
function loadNative() {
  if (loaded === undefined) {
    try {
      // A plain require of the path: Jest gives native modules to the real one.
      loaded = require(findBinary.resolve(__dirname));
    } catch (cause) {
      throw unsupported(cause);
    }
  }
  return loaded;
}

exports.loadNative = loadNative;
