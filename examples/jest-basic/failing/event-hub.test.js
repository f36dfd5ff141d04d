// These tests fail on purpose: they show what a failure looks like.

const { EventHub } = require('../src/event-hub.js');

const hub = new EventHub();

test('forgets a listener that was taken away', () => {
  expect(() => {
    hub.on('save', () => {});
    // The function that takes it away is not called.
  }).toNotLeak({ timeoutMs: 20_000 });
});

test('forgets whoever gave up waiting', async () => {
  await expect(async () => {
    const saved = hub.next('load');
    await Promise.race([saved, Promise.resolve('timeout')]);
  }).toNotLeak({ timeoutMs: 20_000 });
});
