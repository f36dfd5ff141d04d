// Holds 64 MiB outside V8's heap and 500,000 objects of 40 bytes on it, until it ends.
const held = { buffer: Buffer.alloc(64 * 2 ** 20, 1), points: [] };
for (let index = 0; index < 500_000; index++) held.points.push({ x: index, y: index });
process.on('exit', () => {
  if (held.points.length + held.buffer.length === 0) process.exitCode = 9;
});
if (process.argv.includes('--wait')) {
  process.stdout.write('ready\n');
  setInterval(() => {}, 1_000);
}
