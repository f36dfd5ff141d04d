// #region shown
const known = new Map<number, string>();

export function remember(device: number, packet: Buffer): void {
  known.set(device, packet.toString('hex', 0, 8));
}
// #endregion
