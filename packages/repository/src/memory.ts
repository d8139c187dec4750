/** The value for a key, computed once even when asked for many times at once. Failures are not remembered. */
export function remember<T>(memory: Map<string, Promise<T>>, key: string, compute: () => Promise<T>): Promise<T> {
  const known = memory.get(key)
  if (known !== undefined) return known
  const value = compute()
  memory.set(key, value)
  value.catch(() => memory.delete(key))
  return value
}
