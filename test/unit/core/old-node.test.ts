import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const NATIVE = fileURLToPath(new URL('../../../native/index.cjs', import.meta.url));

/** What loading says in a process that calls itself that version. */
function loadAs(version: string): string {
  const script = `
    const versions = { ...process.versions, node: ${JSON.stringify(version)} };
    Object.defineProperty(process, 'versions', { value: versions });
    try {
      require(${JSON.stringify(NATIVE)}).loadNative();
      console.log('loads');
    } catch (error) {
      console.log(error.message);
    }`;
  return spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' }).stdout.trim();
}

describe('a Node that is too old', () => {
  it.each(['20.18.3', '22.2.0'])(
    '%s is refused with the versions that work',
    (version) => {
      expect(loadAs(version)).toMatch(
        /Node 20 \(from 20\.19\), 22 \(from 22\.3\).*is older than that\./s,
      );
    },
  );

  it.each(['20.19.0', '22.3.0', '24.0.0'])('%s is not', (version) => {
    expect(loadAs(version)).toBe('loads');
  });
});
