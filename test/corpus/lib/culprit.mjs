// Whether a failure text names what leaks.
//
// A case says it in words: `ExceptionHandler / RejectionHandler listeners on process`. Its
// identifiers are what is left when it is split at spaces, slashes, commas, brackets and dots
// (a file name such as `graceful-fs.js` stays whole) and the general words below are dropped.
// The culprit is named when one of them is a word of the text in the same case, or, from five
// letters on, a part of one (`takers` of `nextTakers`). The paths of the driver do not count: a
// case may be called like its culprit.

/** Kinds of things, and names that say nothing on their own. */
const GENERAL_WORDS = new Set(
  [
    'a all an and any at by each every for from in into is it its of on or per that the this',
    'to with without',
    'add close get end open remove start stop',
    'array arrays buffer buffers cache cached caches callback callbacks chain chains child',
    'children class closure closures constructor context data entries entry error errors event',
    'events fn function functions global handle handler handlers internal interval intervals',
    'item items key keys kind leak leaks list listener listeners map maps memory method module',
    'native node null object objects process promise promises property queue reference',
    'references result results set sets state string strings timer timers true undefined value',
    'values variable variables view views weakmap weakref',
    'fs http https net os path stream streams tls url util zlib src',
  ]
    .join(' ')
    .split(' '),
);

const FILE_NAME = /^[\w.-]+\.[cm]?[jt]sx?$/;

/**
 * The words of which one must be in the text.
 * @param {string} culprit
 * @returns {readonly string[]}
 */
export function identifiersOf(culprit) {
  const words = culprit
    .split(/[\s/,;:()[\]{}'"`]+/)
    .flatMap((word) => (FILE_NAME.test(word) ? [word] : word.split('.')))
    .filter((word) => word.length > 1 && !isGeneral(word));
  return [...new Set(words)];
}

/** `Map` is a kind, `Timeout` a name; `Stream` is a class although `stream` says nothing. */
function isGeneral(word) {
  if (GENERAL_WORDS.has(word)) return true;
  return /^(Array|Map|Set|WeakMap|WeakRef|Object|Function|Promise|Error)$/.test(word);
}

/**
 * The identifier that names the culprit, or null.
 * @param {string} culprit
 * @param {string} text
 */
export function namedIn(culprit, text) {
  const searched = text.replace(/\S*\bdriver\.mjs\b/g, '');
  return identifiersOf(culprit).find((word) => isWordOf(word, searched)) ?? null;
}

function isWordOf(word, text) {
  if (word.length >= 5 && text.toLowerCase().includes(word.toLowerCase())) return true;
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w$])${escaped}(?![\\w$])`).test(text);
}
