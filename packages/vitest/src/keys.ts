// Under which names the main process hands something to the workers.

export const BASELINE_KEY = 'highwater:baseline';
export const CHANNEL_KEY = 'highwater:channel';
