const profiles = new Map<number, { user: number; name: string }>();

// #region shown
export function profileOf(user: number): { name: string } {
  const profile = profiles.get(user) ?? { user, name: 'from a database' };
  profiles.set(user, profile);
  // A Map iterates in the order of insertion.
  const [oldest = 0] = profiles.keys();
  if (profiles.size > 100) profiles.delete(oldest);
  return profile;
}
// #endregion
