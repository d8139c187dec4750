import { splitApk } from '@apkts/apk'
import { contentSize, readContent } from '@apkts/archive'
import { concatBytes, sha256Hex, utf8Decode } from '@apkts/encoding'
import { unifiedDiff } from '../text/unified-diff.ts'
import type { PackageTree, TreeEntry } from '../tree/index.ts'
import { readRecord } from './record.ts'

/** How a package that was built again differs; signatures do not count. */
export interface Comparison {
  /** Control and data sections are equal byte for byte. */
  readonly identical: boolean
  /** Differences for people, one or several lines each. */
  readonly differences: readonly string[]
}

/** Compares two packages: their sections as bytes, and where these differ, what is in them. */
export async function comparePackages(
  before: { readonly file: string; readonly bytes: Uint8Array },
  after: { readonly file: string; readonly bytes: Uint8Array },
): Promise<Comparison> {
  if (Buffer.from(unsigned(before)).equals(unsigned(after))) return { identical: true, differences: [] }
  const [old, made] = [readRecord(before.bytes, before.file), readRecord(after.bytes, after.file)]
  const texts = [...new Set([...controlTexts(before).keys(), ...controlTexts(after).keys()])].map((name) =>
    unifiedDiff(
      { name: `${before.file}:${name}`, text: controlTexts(before).get(name) ?? '' },
      { name: `${after.file}:${name}`, text: controlTexts(after).get(name) ?? '' },
    ),
  )
  const differences = [...texts.filter((text) => text !== ''), ...(await treeDifferences(old.tree, made.tree))]
  return { identical: false, differences: differences.length > 0 ? differences : ['only the compressed bytes differ'] }
}

/** Control and data sections. */
function unsigned({ file, bytes }: { readonly file: string; readonly bytes: Uint8Array }): Uint8Array {
  return bytes.subarray(splitApk(bytes, file).sections.control.offset)
}

function controlTexts({ file, bytes }: { readonly file: string; readonly bytes: Uint8Array }): Map<string, string> {
  return new Map(splitApk(bytes, file).controlMembers.map(({ header, content }) => [header.path, utf8Decode(content)]))
}

async function treeDifferences(before: PackageTree, after: PackageTree): Promise<string[]> {
  const found: string[] = []
  for (const entry of before.entries) {
    const made = after.get(entry.path)
    if (made === undefined) found.push(`- ${entry.path}: is missing`)
    else {
      const what = await entryDifferences(entry, made)
      if (what.length > 0) found.push(`! ${entry.path}: ${what.join(', ')}`)
    }
  }
  const added = after.entries.filter(({ path }) => before.get(path) === undefined)
  return [...found, ...added.map(({ path }) => `+ ${path}: is new`)]
}

async function entryDifferences(a: TreeEntry, b: TreeEntry): Promise<string[]> {
  const fields = [
    ['type', a.type, b.type],
    ['mode', a.mode.toString(8), b.mode.toString(8)],
    ['owner', `${a.uid}:${a.gid}`, `${b.uid}:${b.gid}`],
    ['target', a.linkname, b.linkname],
    ['size', String(contentSize(a.content)), String(contentSize(b.content))],
    ['attributes', attributes(a), attributes(b)],
  ] as const
  const different = fields.filter(([, before, after]) => before !== after)
  if (different.length > 0) return different.map(([name, before, after]) => `${name} ${before} → ${after}`)
  return (await digest(a)) === (await digest(b)) ? [] : ['content']
}

function attributes({ xattrs }: TreeEntry): string {
  return [...xattrs].map(([name, value]) => `${name}=${Buffer.from(value).toString('hex')}`).join(' ')
}

async function digest({ content }: TreeEntry): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const chunk of readContent(content)) parts.push(chunk)
  return sha256Hex(concatBytes(parts))
}
