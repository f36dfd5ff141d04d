// What a server hands to the functions of its author.

import { EventEmitter } from 'node:events';

/** Emits `close` when it is over. */
export class Connection extends EventEmitter {
  ping(): void {
    this.emit('ping');
  }

  destroy(): void {
    this.emit('close');
  }

  async query(text: string): Promise<string> {
    return `rows of ${text}`;
  }
}
