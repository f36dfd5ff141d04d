// Where the source maps of loaded scripts are, from V8's own list of scripts. That is
// the one place that knows all of them: the module runner of Vite, the sandboxes of
// Jest, loaders, plain files.

import { type Debugger, Session } from 'node:inspector';

import { isPreciseCoverageOn } from '../precise-coverage.js';

/** What V8 knows about the source map of a script. */
export interface ScriptMapReference {
  /** URL of the script; what relative URLs are relative to. */
  readonly url: string;
  /** The text after `//# sourceMappingURL=`: a `data:` URL with the map itself, or a relative one. */
  readonly sourceMapUrl: string;
}

/** Once connected under coverage, for good: see {@link withDebuggerDomain}. */
let heldSession: Session | undefined;

/**
 * The references of those scripts that have one and are still alive. Empty where the
 * inspector is not to be had (`--permission`). Costs some 0.1 ms per script of the
 * process, so ask once for many.
 */
export function findMapReferences(
  scriptIds: ReadonlySet<number>,
): ReadonlyMap<number, ScriptMapReference> {
  const found = new Map<number, ScriptMapReference>();
  try {
    withDebuggerDomain((script) => {
      const id = Number(script.scriptId);
      if (script.sourceMapURL && scriptIds.has(id)) {
        found.set(id, { url: script.url, sourceMapUrl: script.sourceMapURL });
      }
    });
  } catch {
    // An unmapped position is still a position.
  }
  return found;
}

/**
 * Enabling the domain reports every script at once, before the call returns.
 *
 * When its last user disables it, V8 throws away the block counters of everybody's
 * coverage (`Debug::Unload`, Node 20 to 26), so that under coverage one session stays.
 * A debugger that is attached keeps its breakpoints either way: V8 counts the users.
 */
function withDebuggerDomain(
  onScript: (script: Debugger.ScriptParsedEventDataType) => void,
) {
  const session = new Session();
  session.connect();
  try {
    session.on('Debugger.scriptParsed', (event) => onScript(event.params));
    session.post('Debugger.enable');
    // Of this session alone: no `debugger;` stops anybody on our account.
    session.post('Debugger.setSkipAllPauses', { skip: true });
    session.removeAllListeners();
  } finally {
    if (heldSession === undefined && isPreciseCoverageOn()) heldSession = session;
    else session.disconnect();
  }
}
