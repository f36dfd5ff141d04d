// Where highwater itself lies on this disk. No `import.meta`: this is also built to CommonJS.

import { filePathOf, slashes } from './file-path.js';

/** The file of this very code, which may be a bundle. */
export const ownFile: string = callerFile();

/** The file of this very code, whatever the runner has made of stack traces. */
function callerFile(): string {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 1;
    Error.prepareStackTrace = (_, sites) => sites[0]?.getFileName() ?? '';
    return slashes(filePathOf(String(new Error().stack)));
  } catch {
    // Frozen intrinsics: then nobody else has changed stack traces either.
    return slashes(filePathOf(fileInStack(String(new Error().stack))));
  } finally {
    restore(prepareStackTrace, stackTraceLimit);
  }
}

function fileInStack(stack: string): string {
  return /\n +at (?:.*\()?(.*?):\d+:\d+\)?/.exec(stack)?.[1] ?? '';
}

function restore(
  prepareStackTrace: typeof Error.prepareStackTrace,
  stackTraceLimit: number,
): void {
  try {
    // An own property with the value `undefined` hides Node's handler no less than a function does.
    if (prepareStackTrace === undefined)
      Reflect.deleteProperty(Error, 'prepareStackTrace');
    else Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  } catch {
    // Frozen intrinsics.
  }
}
