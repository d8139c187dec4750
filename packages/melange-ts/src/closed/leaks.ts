import { readContent } from '@apkts/archive'
import { utf8 } from '@apkts/encoding'
import type { Secret } from '@apkts/sandbox'
import type { TreeEntry } from '../tree/index.ts'
import { SecretError, trimmed } from './secrets.ts'

/** A package about to be written. */
export interface Output {
  readonly name: string
  readonly entries: readonly TreeEntry[]
  /** What else is written of it, by what it is. */
  readonly texts: ReadonlyMap<string, string>
}

interface Wanted {
  readonly id: string
  readonly bytes: Buffer
}

/**
 * Searches everything that is to be written for the bytes of secrets: contents, names, link targets, attributes, metadata.
 * @throws SecretError `SECRET_LEAK` that names each place, and none of the bytes.
 */
export async function checkLeaks(outputs: readonly Output[], secrets: readonly Secret[]): Promise<void> {
  if (secrets.length === 0) return
  const wanted = secrets.map(({ id, bytes }): Wanted => ({ id, bytes: Buffer.from(trimmed(bytes)) }))
  const places: string[] = []
  for (const { name, entries, texts } of outputs) {
    for (const entry of entries) {
      for (const id of await secretsIn(entry, wanted)) places.push(`${id} is in ${name}: ${shown(entry.path, wanted)}`)
    }
    for (const [what, text] of texts) {
      for (const { id, bytes } of wanted)
        if (text.includes(bytes.toString())) places.push(`${id} is in ${name}: ${what}`)
    }
  }
  if (places.length === 0) return
  throw new SecretError('SECRET_LEAK', 'a secret would have become part of a package; none was written', {
    notes: places,
    hint: 'remove it in the step that names it; what was built may also hold it in other forms',
  })
}

async function secretsIn(entry: TreeEntry, wanted: readonly Wanted[]): Promise<string[]> {
  const small = [utf8(entry.path), utf8(entry.linkname), ...entry.xattrs.values()].map((bytes) => Buffer.from(bytes))
  const found = new Set(wanted.filter(({ bytes }) => small.some((part) => part.includes(bytes))).map(({ id }) => id))
  const overlap = Math.max(...wanted.map(({ bytes }) => bytes.length)) - 1
  let tail = Buffer.alloc(0)
  for await (const chunk of readContent(entry.content)) {
    const window = Buffer.concat([tail, chunk])
    for (const { id, bytes } of wanted) if (window.includes(bytes)) found.add(id)
    tail = window.subarray(Math.max(0, window.length - overlap))
  }
  return [...found]
}

// A name may itself be the secret.
function shown(path: string, wanted: readonly Wanted[]): string {
  return wanted.reduce((text, { id, bytes }) => text.replaceAll(bytes.toString(), `[secret ${id}]`), path)
}
