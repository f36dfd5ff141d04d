// Reads texts of /proc without making strings: it happens while others are measured.

const MARK = Buffer.from('VmHWM:');
const ZERO = 48;

/** Of /proc/<pid>/status, in bytes; undefined when it has none, as that of a process that has ended. */
export function peakRssIn(
  status: Buffer,
  length: number = status.length,
): number | undefined {
  const at = status.indexOf(MARK);
  if (at < 0 || at >= length) return undefined;
  let kilobytes = 0;
  let digits = 0;
  for (let index = at + MARK.length; index < length; index++) {
    const digit = (status[index] as number) - ZERO;
    if (digit >= 0 && digit <= 9) {
      kilobytes = kilobytes * 10 + digit;
      digits += 1;
    } else if (digits > 0) break;
  }
  return digits === 0 ? undefined : kilobytes * 1024;
}
