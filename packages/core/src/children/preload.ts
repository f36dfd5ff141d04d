// Node loads this before a child's program (`--require`). Whatever happens in here, the child must not notice:
// nothing is thrown, nothing is printed, no handle is left open. Built for old versions of Node, too.

try {
  (require('./self.js') as typeof import('./self.js')).reportSelf();
} catch {
  // Who looks for a report finds none, and says so.
}
