import { checksumText } from '@apkts/apk'
import { gzip, type TarInput, writeTar } from '@apkts/archive'
import { concatBytes, digestOf, sha1, utf8 } from '@apkts/encoding'
import { describe, expect, test } from 'vitest'
import { checkImage } from '../../src/verify/image/check.ts'
import { readImageArchive } from '../../src/verify/image/read.ts'
import { codes, entry, file, stream } from './support.ts'

const DATABASE = 'usr/lib/apk/db/installed'

function installed(files: Readonly<Record<string, string>>): string {
  const lines = Object.entries(files).flatMap(([path, text]) => {
    const slash = path.lastIndexOf('/')
    return [`F:${path.slice(0, slash)}`, `R:${path.slice(slash + 1)}`, `Z:${checksumText(sha1(utf8(text)))}`]
  })
  return ['C:Q1AAAA', 'P:demo', 'V:1-r0', ...lines, '', ''].join('\n')
}

interface Shape {
  readonly layers: readonly (readonly TarInput[])[]
  readonly diffIds?: readonly string[]
  /** Changes the compressed layer after everything else was computed from it. */
  readonly damage?: (layer: Uint8Array) => Uint8Array
  readonly drop?: RegExp
  readonly layerSize?: number
}

/** A docker archive that also holds the OCI documents. */
function archive({ layers, diffIds, damage = (layer) => layer, drop = /^$/, layerSize }: Shape): Uint8Array {
  const tars = layers.map((entries) => writeTar([entry('directory', 'usr/bin'), entry('directory', 'etc'), ...entries]))
  const blobs = tars.map((tar) => gzip(tar))
  const config = utf8(
    JSON.stringify({ rootfs: { type: 'layers', diff_ids: diffIds ?? tars.map((tar) => digestOf(tar)) } }),
  )
  const pointer = (bytes: Uint8Array) => ({ digest: digestOf(bytes), size: layerSize ?? bytes.length })
  const manifest = utf8(
    JSON.stringify({ config: { digest: digestOf(config), size: config.length }, layers: blobs.map(pointer) }),
  )
  const names = blobs.map((blob) => `${digestOf(blob).slice(7)}.tar.gz`)
  const members: [string, Uint8Array][] = [
    [digestOf(config), config],
    ...blobs.map((blob, i): [string, Uint8Array] => [names[i]!, damage(blob)]),
    ['manifest.json', utf8(JSON.stringify([{ Config: digestOf(config), RepoTags: ['a:b'], Layers: names }]))],
    [digestOf(manifest), manifest],
    ['index.json', utf8(JSON.stringify({ manifests: [{ digest: digestOf(manifest), size: manifest.length }] }))],
  ]
  return writeTar(
    members
      .filter(([name]) => !drop.test(name))
      .map(([name, bytes]) => ({
        header: { ...file(name, '').header, size: bytes.length, pax: new Map() },
        content: bytes,
      })),
  )
}

async function check(bytes: Uint8Array): Promise<string[]> {
  return codes(checkImage(await readImageArchive(stream(bytes, 1000)), 'image.tar'))
}

const database = (files: Readonly<Record<string, string>>) => file(DATABASE, installed(files))
const good = [[file('usr/bin/a', 'a'), database({ 'usr/bin/a': 'a' })]]

describe('images', () => {
  test.each([
    { what: 'whole', shape: { layers: good }, outcome: [] },
    {
      what: 'in two layers',
      shape: { layers: [[file('usr/bin/a', 'a')], [database({ 'usr/bin/a': 'a' })]] },
      outcome: [],
    },
    { what: 'without installed database', shape: { layers: [[file('a', 'a')]] }, outcome: ['DATABASE_MISSING?'] },
    { what: 'with another diff ID', shape: { layers: good, diffIds: [digestOf(utf8('x'))] }, outcome: ['DIFF_ID'] },
    { what: 'with too few diff IDs', shape: { layers: good, diffIds: [] }, outcome: ['DIFF_ID', 'DIFF_ID'] },
    { what: 'with another size', shape: { layers: good, layerSize: 1 }, outcome: ['BLOB_SIZE'] },
    {
      what: 'without its config',
      shape: { layers: good, drop: /^sha256:/ },
      outcome: ['BLOB_MISSING', 'BLOB_MISSING', 'IMAGE_EMPTY'],
    },
    { what: 'without any image', shape: { layers: good, drop: /json$/ }, outcome: ['IMAGE_EMPTY'] },
    {
      what: 'with a changed file',
      shape: { layers: [[file('usr/bin/a', 'b'), database({ 'usr/bin/a': 'a' })]] },
      outcome: ['FILE_CHECKSUM'],
    },
    {
      what: 'with a missing file',
      shape: { layers: [[database({ 'usr/bin/a': 'a' })]] },
      outcome: ['FILE_MISSING'],
    },
    {
      what: 'with changed configuration',
      shape: { layers: [[file('etc/a', 'b'), database({ 'etc/a': 'a' })]] },
      outcome: ['FILE_CHECKSUM?'],
    },
    {
      what: 'with a file replaced by an upper layer',
      shape: { layers: [...good, [file('usr/bin/a', 'b')]] },
      outcome: ['FILE_CHECKSUM'],
    },
    {
      what: 'with a file removed by an upper layer',
      shape: { layers: [...good, [file('usr/bin/.wh.a', '')]] },
      outcome: ['FILE_MISSING'],
    },
    {
      what: 'with a file behind a directory symlink',
      shape: {
        layers: [
          [entry('symlink', 'lib', { linkname: 'usr/lib' }), file('usr/lib/x', 'x'), database({ 'lib/x': 'x' })],
        ],
      },
      outcome: [],
    },
    {
      what: 'with a hard link',
      shape: {
        layers: [
          [
            file('usr/bin/a', 'a'),
            entry('hardlink', 'usr/bin/b', { linkname: 'usr/bin/a' }),
            database({ 'usr/bin/b': 'a' }),
          ],
        ],
      },
      outcome: [],
    },
    {
      what: 'with a symlink loop',
      shape: { layers: [[entry('symlink', 'l', { linkname: 'l' }), database({ 'l/x': 'x' })]] },
      outcome: ['FILE_MISSING'],
    },
  ])('$what: $outcome', async ({ shape, outcome }) => {
    expect(await check(archive(shape))).toEqual(outcome)
  })

  test('a damaged layer', async () => {
    const damage = (layer: Uint8Array) => concatBytes([layer.subarray(0, layer.length - 8), new Uint8Array(8)])
    const found = await check(archive({ layers: good, damage }))
    expect(found).toContain('BLOB_DIGEST')
    expect(found).toContain('LAYER_UNREADABLE')
  })
})
