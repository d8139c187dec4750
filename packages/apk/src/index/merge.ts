import type { PackageRecord } from '../record.ts'

/**
 * Puts new records into an index: one with the same name and version is replaced in its place, others are appended in
 * their order. Nothing is sorted. Later records of the same name and version win.
 */
export function mergeIndex(existing: readonly PackageRecord[], added: readonly PackageRecord[]): PackageRecord[] {
  const merged = [...existing]
  const places = new Map<string, number>()
  for (const [place, record] of merged.entries()) {
    const key = identity(record)
    if (!places.has(key)) places.set(key, place)
  }
  for (const record of added) {
    const place = places.get(identity(record)) ?? merged.length
    places.set(identity(record), place)
    merged[place] = record
  }
  return merged
}

function identity(record: PackageRecord): string {
  return `${record.name}\n${record.version}`
}
