/** The record with every value changed; keys such as `__proto__` stay ordinary keys. */
export function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  change: (value: A, key: string) => B,
): Record<string, B> {
  const changed: Record<string, B> = {}
  for (const [key, value] of Object.entries(record)) setOwn(changed, key, change(value, key))
  return changed
}

/** Members of the later records win. */
export function overlay<T>(...records: readonly Readonly<Record<string, T>>[]): Record<string, T> {
  const merged: Record<string, T> = {}
  for (const record of records) for (const [key, value] of Object.entries(record)) setOwn(merged, key, value)
  return merged
}

/** The value of an own member. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}

export function setOwn<T>(record: Record<string, T>, key: string, value: T): void {
  if (key === '__proto__') {
    Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true })
  } else record[key] = value
}
