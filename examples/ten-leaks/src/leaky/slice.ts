// #region shown
const known = new Map<number, Uint8Array>();

export function remember(device: number, packet: Buffer): void {
  known.set(device, packet.subarray(0, 8));
}
// #endregion
