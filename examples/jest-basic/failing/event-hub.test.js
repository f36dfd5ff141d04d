// These tests fail on purpose: they show what a failure looks like.

const { EventHub } = require('../src/event-hub.js');

const hub = new EventHub();

test('forgets a listener that was taken away', () => {
  expect(() => {
    hub.on('save', () => {});
    hub.emit('save', 'draft');
  }).toNotLeak();
});

test('forgets whoever gave up waiting', async () => {
  await expect(async () => {
    const saved = hub.next('load');
    await Promise.race([saved, Promise.resolve('timeout')]);
  }).toNotLeak();
});
