const waiting = new Map<number, (reply: string) => void>();

// #region shown
export function ask(id: number, timeout: Promise<string>): Promise<string> {
  const reply = new Promise<string>((resolve) => waiting.set(id, resolve));
  return Promise.race([reply, timeout]).finally(() => waiting.delete(id));
}
// #endregion

export function onReply(id: number, reply: string): void {
  waiting.get(id)?.(reply);
}
