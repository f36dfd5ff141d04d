// A leak with names: of its file, its function, its class, and of what holds it.

export class Session {
  id = 118;
}

const sessions = { openSessions: [] };

export function keepSession() {
  sessions.openSessions.push(new Session());
}
