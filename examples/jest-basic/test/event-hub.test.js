const { EventHub } = require('../src/event-hub.js');

const hub = new EventHub();

describe('EventHub', () => {
  test('forgets a listener that was taken away', () => {
    expect(() => {
      const off = hub.on('save', () => {});
      hub.emit('save', 'draft');
      off();
    }).toNotLeak();
  });

  test('forgets whoever waited for one event', async () => {
    const waitOnce = async () => {
      const saved = hub.next('save');
      hub.emit('save', 'draft');
      await saved;
    };
    await expect(waitOnce).toNotLeak();
    await expect(waitOnce).toRetainLessThan(100);
    await expect(waitOnce).toAllocateLessThan('10 kB');
    await expect(waitOnce).toAllocateFewerThan(200);
    await expect(waitOnce).toPeakBelow('20 kB');
  });

  test('keeps a listener that stays', () => {
    expect(() => hub.on('save', () => {})).not.toNotLeak();
  });
});
