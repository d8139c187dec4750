import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { type TarHeader, type TarType, tarHeader } from '../src/index.ts'

const fallback = fileURLToPath(new URL('../../../../shared/data', import.meta.url))
const dataFolder = process.env.CONFORMANCE_DATA ?? fallback
export const goldenApks = join(dataFolder, 'golden-apks')
export const hasGoldenApks = existsSync(goldenApks)
export const skipNote = hasGoldenApks ? '' : ' (skipped: conformance data not present)'

/** Files below the cases' results whose name ends in one of the suffixes. */
export function goldenFiles(...suffixes: string[]): string[] {
  if (!hasGoldenApks) return []
  return readdirSync(join(goldenApks, 'cases'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.includes('/expected/') && suffixes.some((suffix) => path.endsWith(suffix)))
    .map((path) => join(goldenApks, 'cases', path))
}

/** The bytes as a stream of chunks of that size. */
export async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, void> {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size)
}

export async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of source) parts.push(part)
  return Buffer.concat(parts)
}

const TYPES: TarType[] = ['file', 'directory', 'symlink', 'hardlink', 'character-device', 'block-device', 'fifo']

const text = fc
  .string({ unit: 'grapheme', maxLength: 300 })
  .map((value) => value.replaceAll('\0', '').replace(/\/+$/, ''))
const path = text.filter((value) => value !== '')
const small = fc.nat(0o7777777)

/** Any header the writer can express, with the size of a content of up to 2000 bytes. */
export const anyHeader: fc.Arbitrary<TarHeader> = fc
  .record({
    path,
    type: fc.constantFrom(...TYPES),
    mode: fc.nat(0o7777),
    uid: fc.oneof(small, fc.nat(2 ** 31 - 1)),
    gid: small,
    uname: text,
    gname: fc.constantFrom('', 'root', 'größe'),
    size: fc.nat(2000),
    mtime: fc.oneof(fc.nat(), fc.constantFrom(-1, 8 ** 11, -62135596801)),
    linkname: text,
    devMajor: small,
    devMinor: small,
    pax: fc.dictionary(fc.stringMatching(/^SCHILY\.xattr\.[a-z.]{1,20}$/), fc.uint8Array({ maxLength: 40 }), {
      maxKeys: 3,
    }),
  })
  .map(({ pax, size, ...fields }) =>
    tarHeader({ ...fields, size: fields.type === 'file' ? size : 0, pax: new Map(Object.entries(pax)) }),
  )
