// Who is connected right now.

export interface Session {
  readonly id: number;
  readonly user: string;
  readonly seen: string[];
}

export class SessionRegistry {
  readonly #open = new Map<number, Session>();
  #nextId = 1;

  get size(): number {
    return this.#open.size;
  }

  open(user: string): Session {
    const session: Session = { id: this.#nextId++, user, seen: [] };
    this.#open.set(session.id, session);
    return session;
  }

  close(session: Session): void {
    this.#open.delete(session.id);
  }

  /** Opens a session for as long as `work` takes. */
  async during<T>(user: string, work: (session: Session) => Promise<T>): Promise<T> {
    const session = this.open(user);
    try {
      return await work(session);
    } finally {
      this.close(session);
    }
  }
}
