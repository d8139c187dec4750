import { type DumpedEntry, dumpMembers } from './dump.ts'

/** A recorded package or index, taken apart. */
export interface RecordedArchive {
  readonly sha256: string
  readonly members: readonly { readonly entries: readonly DumpedEntry[] }[]
  readonly pkginfo?: string
  readonly melange_yaml?: string
  readonly APKINDEX?: string
  readonly sbom?: unknown
}

/** The first difference between a recorded archive and another whose bytes differ from it. */
export function firstDifference(expected: RecordedArchive, bytes: Uint8Array): string {
  const members = dumpMembers(bytes)
  if (members.length !== expected.members.length)
    return `${expected.members.length} members expected, ${members.length} found`
  const texts = new Map(members.flatMap((member) => [...member.texts]))
  for (const [key, path] of [
    ['pkginfo', '.PKGINFO'],
    ['melange_yaml', '.melange.yaml'],
    ['APKINDEX', 'APKINDEX'],
  ] as const) {
    const wanted = expected[key]
    if (wanted !== undefined && key !== 'pkginfo' && wanted !== texts.get(path))
      return lineDifference(path, wanted, texts.get(path) ?? '')
  }
  for (const [at, member] of members.entries()) {
    const difference = entryDifference(expected.members[at]!.entries, member.entries)
    if (difference !== undefined) return difference
  }
  if (expected.pkginfo !== undefined && expected.pkginfo !== texts.get('.PKGINFO')) {
    return lineDifference('.PKGINFO', expected.pkginfo, texts.get('.PKGINFO') ?? '')
  }
  return 'equal entries, other bytes'
}

function entryDifference(expected: readonly DumpedEntry[], found: readonly DumpedEntry[]): string | undefined {
  const [wanted, got] = [expected, found].map((entries) => entries.map(({ path }) => path).join(' '))
  if (wanted !== got) return `entries: ${wanted} expected, ${got} found`
  for (const [at, entry] of expected.entries()) {
    if (entry.path === '.PKGINFO' || entry.path.startsWith('.SIGN.')) continue
    for (const [key, value] of Object.entries(entry)) {
      const other = found[at]![key as keyof DumpedEntry]
      if (key === 'ustar_name' || sameValue(value, other)) continue
      return `${entry.path}: ${key} ${JSON.stringify(value)} expected, ${JSON.stringify(other)} found`
    }
  }
  return undefined
}

// Path records of pax headers are merged into the fields when read.
function sameValue(expected: unknown, found: unknown): boolean {
  const text = (value: unknown): string =>
    JSON.stringify(value, (key, inner) => (key === 'path' || key === 'linkpath' ? undefined : inner)) ?? ''
  return text(expected) === text(found) || (text(expected) === '{}' && found === undefined)
}

function lineDifference(file: string, expected: string, found: string): string {
  const [wanted, got] = [expected.split('\n'), found.split('\n')]
  const at = wanted.findIndex((line, index) => line !== got[index])
  const line = at < 0 ? wanted.length : at
  return `${file} line ${line + 1}: ${JSON.stringify(wanted[line])} expected, ${JSON.stringify(got[line])} found`
}
