/** One kind of slash, so that one pattern fits the paths of every platform. */
export function slashes(path: string): string {
  return path.replaceAll('\\', '/');
}
