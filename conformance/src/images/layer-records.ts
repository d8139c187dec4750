import { createHash } from 'node:crypto'
import { readTar, type TarHeader } from '@apkts/archive'
import { type ArchiveLayer, gunzipped } from './docker-archive.ts'

type Fields = Readonly<Record<string, unknown>>

/** The first member of a layer that differs from its recorded listing, one JSON object a line. */
export async function firstLayerDifference(layer: ArchiveLayer, listing: string): Promise<string> {
  return firstMemberDifference(gunzipped(layer), listing)
}

/** The same for a tar. */
export async function firstMemberDifference(tar: AsyncIterable<Uint8Array>, listing: string): Promise<string> {
  const expected = listing
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Fields)
  let at = 0
  for await (const { header, content } of readTar(tar)) {
    const hash = createHash('sha256')
    for await (const chunk of content) hash.update(chunk)
    const actual: Fields = { ...fieldsOf(header), ...(header.type === 'file' ? { sha256: hash.digest('hex') } : {}) }
    const wanted = expected[at++]
    if (wanted === undefined) return `member ${header.path} is too many`
    const key = Object.keys(actual).find((name) => JSON.stringify(actual[name]) !== JSON.stringify(wanted[name]))
    if (key !== undefined) return describe(header.path, key, wanted, actual)
  }
  const missing = expected[at]
  return missing === undefined ? 'the members are equal, only their encoding differs' : `${missing.path} is missing`
}

function describe(path: string, key: string, wanted: Fields, actual: Fields): string {
  const text = wanted.text === undefined || key !== 'sha256' ? '' : `, content ${JSON.stringify(wanted.text)}`
  return `${path}: ${key} expected ${JSON.stringify(wanted[key])} found ${JSON.stringify(actual[key])}${text}`
}

const TYPES: Readonly<Record<string, string>> = { directory: 'dir', 'character-device': 'char' }

function fieldsOf(header: TarHeader): Fields {
  return {
    path: header.path,
    type: TYPES[header.type] ?? header.type,
    mode: header.mode.toString(8).padStart(4, '0'),
    uid: header.uid,
    gid: header.gid,
    size: header.size,
    mtime: header.mtime,
    linkname: header.linkname,
    uname: header.uname,
    gname: header.gname,
  }
}
