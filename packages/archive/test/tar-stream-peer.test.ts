import { Readable } from 'node:stream'
import { parseTar, type TarInput, tarHeader, writeTar } from '@apkts/archive'
import { utf8 } from '@apkts/encoding'
import fc from 'fast-check'
import { extract, pack } from 'tar-stream'
import { describe, expect, test } from 'vitest'

interface Seen {
  readonly name: string
  readonly type: string
  readonly mode: number
  readonly mtime: number
  readonly link: string
  readonly body: string
}

/** Reads a tar with tar-stream, an implementation that shares no code with ours. */
async function readWithPeer(tar: Uint8Array): Promise<Seen[]> {
  const seen: Seen[] = []
  const entries = Readable.from([tar]).pipe(extract())
  for await (const entry of entries) {
    const chunks: Uint8Array[] = []
    for await (const chunk of entry) chunks.push(chunk as Uint8Array)
    const { name, type, mode, mtime, linkname } = entry.header
    seen.push({
      name: name.replace(/\/$/, ''),
      type: type ?? '',
      mode: mode ?? 0,
      mtime: (mtime?.getTime() ?? 0) / 1000,
      link: linkname ?? '',
      body: Buffer.concat(chunks).toString('hex'),
    })
  }
  return seen
}

const name = fc
  .array(fc.stringMatching(/^[a-zé.+-]{1,40}$/), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join('/'))
  .filter((path) => !/(^|\/)\.{1,2}(\/|$)/.test(path))
const member = fc.record({
  path: name,
  mode: fc.integer({ min: 0, max: 0o7777 }),
  mtime: fc.integer({ min: 0, max: 2 ** 33 - 1 }),
  body: fc.oneof(fc.uint8Array({ maxLength: 1500 }), name),
})

describe('against tar-stream', () => {
  test('it reads what we write: names of any length, modes, times, contents and link targets', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(member, { maxLength: 8 }), async (members) => {
        const seen = await readWithPeer(writeTar(members.map(inputOf)))
        expect(seen).toEqual(members.map(expected))
      }),
      { numRuns: 60 },
    )
  })

  test('we read what it writes', async () => {
    const packer = pack()
    packer.entry({ name: 'dir', type: 'directory', mode: 0o750 })
    packer.entry({ name: `dir/${'long-'.repeat(40)}ünï`, mode: 0o640, mtime: new Date(1_700_000_000_000) }, 'content')
    packer.entry({ name: 'dir/link', type: 'symlink', linkname: '../elsewhere' })
    packer.finalize()
    const tar = Buffer.concat(await collect(packer as AsyncIterable<Uint8Array>))
    expect(
      parseTar(tar).map(({ header, content }) => [
        header.type,
        header.path,
        header.mode,
        header.linkname,
        Buffer.from(content).toString(),
      ]),
    ).toEqual([
      ['directory', 'dir', 0o750, '', ''],
      ['file', `dir/${'long-'.repeat(40)}ünï`, 0o640, '', 'content'],
      ['symlink', 'dir/link', 0o644, '../elsewhere', ''],
    ])
  })
})

type Member = { path: string; mode: number; mtime: number; body: Uint8Array | string }

function inputOf({ path, mode, mtime, body }: Member): TarInput {
  if (typeof body === 'string') return { header: tarHeader({ path, type: 'symlink', mode, mtime, linkname: body }) }
  return { header: tarHeader({ path, type: 'file', mode, mtime, size: body.length }), content: body }
}

function expected({ path, mode, mtime, body }: Member): Seen {
  const link = typeof body === 'string' ? body : ''
  const text = typeof body === 'string' ? utf8('') : body
  return {
    name: path,
    type: link === '' ? 'file' : 'symlink',
    mode,
    mtime,
    link,
    body: Buffer.from(text).toString('hex'),
  }
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) chunks.push(chunk)
  return chunks
}
