import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { contentSize } from '@apkts/archive'
import { compareBytes } from '@apkts/encoding'
import { isLicenseName } from '../license/names.ts'
import { baseName, type TreeEntry } from '../tree/index.ts'
import { humaniseBytes } from './humanise.ts'
import type { Linter, LintSubject } from './types.ts'

const MIN_SIZE = 1024

interface DuplicateSet {
  readonly name: string
  readonly size: number
  readonly paths: readonly string[]
  readonly hash: string
}

/** Files with the same name and content in several directories. */
export const duplicate: Linter = {
  name: 'duplicate',
  explain: 'This package contains files with the same name and content in different directories (consider symlinking)',
  check(subject) {
    const sets = duplicateSets(subject)
    if (sets.length === 0) return undefined
    const total = sets.reduce((sum, set) => sum + wasted(set), 0)
    return {
      message: `${subject.name} contains ${sets.length} duplicate file(s) with same name in different directories (wasting ${humaniseBytes(total)} total):`,
      more: sets.flatMap(describe),
      details: {
        total_duplicate_sets: sets.length,
        total_wasted_bytes: total,
        total_wasted_size: humaniseBytes(total),
        duplicates: sets.map(detail),
      },
      items: sets.map((set) => `${set.name} (${set.paths.length} copies, ${humaniseBytes(wasted(set))} wasted)`),
    }
  },
}

function duplicateSets({ tree }: LintSubject): DuplicateSet[] {
  const candidates = tree.entries.filter(
    ({ type, path, content }) => type === 'file' && contentSize(content) >= MIN_SIZE && !isLicenseName(path),
  )
  // Only files that share name and size are worth reading.
  const similar = groupBy(candidates, ({ path, content }) => `${contentSize(content)} ${baseName(path)}`)
  return similar
    .flatMap((entries) => (entries.length < 2 ? [] : groupBy(entries, contentHash)))
    .filter((entries) => entries.length > 1)
    .map((entries) => ({
      name: baseName(entries[0]!.path),
      size: contentSize(entries[0]!.content),
      paths: entries.map(({ path }) => path).sort(compareBytes),
      hash: contentHash(entries[0]!),
    }))
    .sort((a, b) => wasted(b) - wasted(a) || compareBytes(a.name, b.name) || compareBytes(a.hash, b.hash))
}

function groupBy(entries: readonly TreeEntry[], keyOf: (entry: TreeEntry) => string): TreeEntry[][] {
  const groups = new Map<string, TreeEntry[]>()
  for (const entry of entries) {
    const key = keyOf(entry)
    groups.set(key, [...(groups.get(key) ?? []), entry])
  }
  return [...groups.values()]
}

function contentHash({ content }: TreeEntry): string {
  const bytes =
    content.kind === 'bytes'
      ? content.bytes
      : readFileSync(content.path).subarray(content.offset, content.offset + content.size)
  return createHash('sha256').update(bytes).digest('hex')
}

function wasted({ paths, size }: DuplicateSet): number {
  return (paths.length - 1) * size
}

function describe(set: DuplicateSet): string[] {
  const sizes = `${humaniseBytes(set.size)} each, wasting ${humaniseBytes(wasted(set))}`
  return [`  ${set.paths.length} copies of '${set.name}' (${sizes}):`, ...set.paths.map((path) => `    ${path}`)]
}

function detail(set: DuplicateSet) {
  return {
    basename: set.name,
    count: set.paths.length,
    size_bytes: set.size,
    size: humaniseBytes(set.size),
    wasted_bytes: wasted(set),
    wasted_size: humaniseBytes(wasted(set)),
    paths: set.paths,
  }
}
