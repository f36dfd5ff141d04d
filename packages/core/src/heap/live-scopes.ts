// What a snapshot leaves out and the living heap still tells: the names of variables in blocks
// (the modules of Vite are one), and the function that waits. V8's inspector knows both, and finds
// an object by its id in the snapshot.

import { type Runtime, Session } from 'node:inspector';

/** Questions about objects, by their ids in the snapshot. */
export interface LiveScopes {
  /** The variables that a function sees, by the id of their value. */
  variablesOf(functionId: number): ReadonlyMap<number, string>;
  /** The function of a generator or of an async function that waits. */
  functionOf(generatorId: number): number | undefined;
  /** How Node's `Timeout` was set. */
  timerOf(timeoutId: number): TimerSetting | undefined;
}

/** What a timer was set to. */
export interface TimerSetting {
  readonly durationMs: number;
  readonly isRepeated: boolean;
  /** Id of the function that it calls. */
  readonly callbackId?: number | undefined;
}

const NOTHING: LiveScopes = {
  variablesOf: () => new Map(),
  functionOf: () => undefined,
  timerOf: () => undefined,
};

/**
 * Answers while `body` runs; where there is no inspector (`--permission`), with nothing.
 *
 * The end of any session of the inspector takes the ids from all objects: nothing that needs them comes
 * after this, and no other session (a source map's) before or within.
 */
export function withLiveScopes<T>(body: (scopes: LiveScopes) => T): T {
  let session: Session;
  try {
    session = new Session();
    session.connect();
  } catch {
    return body(NOTHING);
  }
  try {
    return body(liveScopes(session));
  } finally {
    // Lets go of all objects that were asked for.
    session.disconnect();
  }
}

function liveScopes(session: Session): LiveScopes {
  return {
    variablesOf: (functionId) => variablesOf(session, functionId),
    functionOf: (generatorId) => {
      const generator = objectOf(session, generatorId);
      const fn = internal(session, generator, '[[GeneratorFunction]]');
      return idOf(session, fn);
    },
    timerOf: (timeoutId) => {
      const { result } = propertiesOf(session, objectOf(session, timeoutId));
      const fieldOf = (name: string): Runtime.RemoteObject | undefined =>
        result.find((property) => property.name === name)?.value;
      const durationMs: unknown = fieldOf('_idleTimeout')?.value;
      // Node's own names: https://github.com/nodejs/node/blob/v20.19.0/lib/internal/timers.js#L164
      return typeof durationMs === 'number'
        ? {
            durationMs,
            isRepeated: typeof fieldOf('_repeat')?.value === 'number',
            callbackId: idOf(session, fieldOf('_onTimeout')?.objectId),
          }
        : undefined;
    },
  };
}

/** By the id of its value, the innermost first. The global scopes are not the function's own. */
function variablesOf(session: Session, functionId: number): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  const list = internal(session, objectOf(session, functionId), '[[Scopes]]');
  for (const { name, value: scope } of propertiesOf(session, list).result) {
    if (!/^\d+$/.test(name) || /^(?:Global|Script)\b/.test(scope?.description ?? '')) {
      continue;
    }
    for (const variable of propertiesOf(session, scope?.objectId).result) {
      const id = idOf(session, variable.value?.objectId);
      if (id !== undefined && !found.has(id)) found.set(id, variable.name);
    }
  }
  return found;
}

function objectOf(session: Session, id: number): string | undefined {
  const found = ask<{ result: Runtime.RemoteObject }>(
    session,
    'HeapProfiler.getObjectByHeapObjectId',
    { objectId: String(id) },
  );
  return found?.result.objectId;
}

function idOf(session: Session, objectId: string | undefined): number | undefined {
  if (objectId === undefined) return undefined;
  const found = ask<{ heapSnapshotObjectId: string }>(
    session,
    'HeapProfiler.getHeapObjectId',
    { objectId },
  );
  return found && Number(found.heapSnapshotObjectId);
}

function internal(
  session: Session,
  objectId: string | undefined,
  name: string,
): string | undefined {
  const { internalProperties = [] } = propertiesOf(session, objectId);
  return internalProperties.find((entry) => entry.name === name)?.value?.objectId;
}

function propertiesOf(
  session: Session,
  objectId: string | undefined,
): Runtime.GetPropertiesReturnType {
  if (objectId === undefined) return { result: [] };
  return (
    ask<Runtime.GetPropertiesReturnType>(session, 'Runtime.getProperties', {
      objectId,
      ownProperties: true,
    }) ?? { result: [] }
  );
}

/** The answer comes before the call returns: the session is of this very thread. */
function ask<T>(session: Session, method: string, params: object): T | undefined {
  let answer: T | undefined;
  session.post(method, params, (error: Error | null, result?: unknown) => {
    if (error === null) answer = result as T;
  });
  return answer;
}
