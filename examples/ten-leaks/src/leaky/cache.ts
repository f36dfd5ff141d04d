// #region shown
const profiles = new Map<number, { user: number; name: string }>();

export function profileOf(user: number): { name: string } {
  const profile = profiles.get(user) ?? { user, name: 'from a database' };
  profiles.set(user, profile);
  return profile;
}
// #endregion
