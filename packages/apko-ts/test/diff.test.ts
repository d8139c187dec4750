import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzip, type TarInput, tarHeader, writeTar } from '@apkts/archive'
import { utf8 } from '@apkts/encoding'
import type { LayerBlob } from '@apkts/oci'
import { writeDockerArchive, writeOciLayout } from '@apkts/registry'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { blob, entry, file, type ImageFixture, image, index, installed, layer } from './support/images.ts'
import { run } from './support/program.ts'

let home: string
let cwd: string
let count = 0
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'apko-diff-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))
beforeEach(async () => {
  cwd = join(home, `case-${count++}`)
  await mkdir(cwd)
})

const at = (name: string) => join(cwd, name)

async function archive(name: string, ...fixtures: ImageFixture[]): Promise<string> {
  await writeDockerArchive(at(name), { index: index(...fixtures.map(image)), tags: ['team/app:1'] })
  return at(name)
}

interface Found {
  readonly different: boolean
  readonly settings: readonly object[]
  readonly platforms: readonly {
    readonly packages: readonly { readonly name: string; readonly kind: string }[]
    readonly licenses: { readonly gained: readonly object[]; readonly lost: readonly object[] }
    readonly settings: readonly object[]
    readonly privileges: readonly object[]
    readonly files: readonly { readonly path: string; readonly aspects: readonly string[]; readonly package?: string }[]
  }[]
}

async function diff(...argv: string[]): Promise<Found> {
  const { status, out, err } = await run('diff', ...argv, '--json')
  if (status !== 0) throw new Error(err)
  return JSON.parse(out) as Found
}

/** The only platform of two images with one layer each. */
async function diffOfLayers(before: readonly TarInput[], after: readonly TarInput[]) {
  const found = await diff(
    await archive('a.tar', { layers: [layer(before)] }),
    await archive('b.tar', { layers: [layer(after)] }),
  )
  return found.platforms[0]!
}

const CAPABILITY = new Map([
  ['SCHILY.xattr.security.capability', Buffer.from('0100000200200000000000000000000000000000', 'hex')],
])

describe('files', () => {
  const plain = file('usr/bin/x', 'x', { mode: 0o755 })
  test.each<[string, TarInput[], TarInput[], object[]]>([
    ['added', [], [plain], [{ path: 'usr/bin/x', aspects: [] }]],
    ['removed', [plain], [], [{ path: 'usr/bin/x', aspects: [] }]],
    ['of other content', [plain], [file('usr/bin/x', 'y', { mode: 0o755 })], [{ aspects: ['content'] }]],
    ['of other mode', [plain], [file('usr/bin/x', 'x', { mode: 0o4755 })], [{ aspects: ['mode'] }]],
    ['of other owner', [plain], [file('usr/bin/x', 'x', { mode: 0o755, uid: 7 })], [{ aspects: ['owner'] }]],
    ['of other time', [plain], [file('usr/bin/x', 'x', { mode: 0o755, mtime: 9 })], [{ aspects: ['mtime'] }]],
    [
      'with capabilities',
      [plain],
      [file('usr/bin/x', 'x', { mode: 0o755, pax: CAPABILITY })],
      [{ aspects: ['capabilities'] }],
    ],
    [
      'with attributes',
      [plain],
      [file('usr/bin/x', 'x', { mode: 0o755, pax: new Map([['SCHILY.xattr.user.a', utf8('b')]]) })],
      [{ aspects: ['xattrs'] }],
    ],
    [
      'of other kind',
      [plain],
      [entry('usr/bin/x', { type: 'symlink', linkname: '/y', mode: 0o755 })],
      [{ aspects: ['type', 'content', 'link'] }],
    ],
    [
      'that point elsewhere',
      [entry('l', { type: 'symlink', linkname: 'a' })],
      [entry('l', { type: 'symlink', linkname: 'b' })],
      [{ aspects: ['link'] }],
    ],
    ['that are the same, named with ./', [plain], [file('./usr/bin/x', 'x', { mode: 0o755 })], []],
    [
      'hard links, as the files they name, wherever these stand',
      [plain, file('b', 'x', { mode: 0o755 })],
      [entry('b', { type: 'hardlink', linkname: 'usr/bin/x' }), plain],
      [],
    ],
  ])('%s', async (_, before, after, expected) => {
    expect((await diffOfLayers(before, after)).files).toMatchObject(expected)
  })

  test('upper layers win, and white-outs remove what is below', async () => {
    const lower = layer([file('a', '1'), file('d/b', '1'), file('d/c', '1'), file('e/f', '1'), file('g', '1')])
    const upper = layer([file('a', '2'), file('d/.wh.b', ''), file('e/.wh..wh..opq', ''), file('e/new', '2')])
    const flat = layer([file('a', '2'), file('d/c', '1'), file('e/new', '2'), file('g', '1')])
    const found = await diff(
      await archive('a.tar', { layers: [lower, upper] }),
      await archive('b.tar', { layers: [flat] }),
    )
    expect(found.platforms[0]!.files).toEqual([])
    expect(found.platforms[0]!.settings).toEqual([{ field: 'layers', before: '2', after: '1' }])
  })
})

test('rights that come and go are listed on their own', async () => {
  const { privileges } = await diffOfLayers(
    [file('su', 's', { mode: 0o4755 }), file('a', ''), file('b', '', { pax: CAPABILITY }), file('c', '')],
    [
      file('su', 's', { mode: 0o755 }),
      file('a', '', { mode: 0o2755, gid: 5 }),
      file('b', ''),
      file('c', '', { mode: 0o666 }),
    ],
  )
  expect(privileges).toEqual([
    { path: 'a', gained: ['setgid 5'], lost: [] },
    { path: 'b', gained: [], lost: ['cap_net_raw=ep'] },
    { path: 'c', gained: ['writable by all'], lost: [] },
    { path: 'su', gained: [], lost: ['setuid root'] },
  ])
})

describe('packages', () => {
  const database = (text: string) => file('usr/lib/apk/db/installed', text)

  test('come from the installed database, with their licences and files', async () => {
    const found = await diffOfLayers(
      [
        database(
          installed('gone', '1-r0', 'BSD-2-Clause') + installed('up', '1-r0', 'MIT') + installed('down', '2-r0', 'MIT'),
        ),
      ],
      [
        database(
          installed('up', '1-r1', 'MIT', ['usr/bin/up']) +
            installed('down', '1-r9', 'MIT') +
            installed('new', '1-r0', 'GPL-2.0-only'),
        ),
        file('usr/bin/up', 'up'),
      ],
    )
    expect(found.packages.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'down downgraded',
      'gone removed',
      'new added',
      'up upgraded',
    ])
    expect(found.licenses).toEqual({
      gained: [{ license: 'GPL-2.0-only', packages: ['new'] }],
      lost: [{ license: 'BSD-2-Clause', packages: ['gone'] }],
    })
    expect(found.files.find(({ path }) => path === 'usr/bin/up')).toMatchObject({ package: 'up' })
  })

  test('that were built again are told from equal ones', async () => {
    const record = installed('a', '1-r0', 'MIT')
    const other = record.replace(/C:.*/, `C:Q1${Buffer.alloc(20, 9).toString('base64')}`)
    const found = await diffOfLayers([database(record)], [database(other)])
    expect(found.packages).toMatchObject([{ name: 'a', kind: 'rebuilt' }])
  })

  test('come from SBOM files where there is no database', async () => {
    const sbom = (license: string) =>
      file(
        'var/lib/db/sbom/app-1.spdx.json',
        JSON.stringify({
          documentDescribes: ['SPDXRef-P'],
          packages: [{ SPDXID: 'SPDXRef-P', name: 'app', versionInfo: '1', licenseDeclared: license }],
        }),
      )
    const found = await diffOfLayers([sbom('MIT')], [sbom('Apache-2.0')])
    expect(found.packages).toMatchObject([{ name: 'app', kind: 'relicensed' }])
    expect(found.licenses.gained).toEqual([{ license: 'Apache-2.0', packages: ['app'] }])
  })
})

test('what an image runs as, its labels and its annotations', async () => {
  const layers = [layer([file('a', '')])]
  const found = await diff(
    await archive('a.tar', { layers, environment: { A: '1', B: '1' }, cmd: ['a', 'b'] }),
    await archive('b.tar', { layers, environment: { A: '2' }, cmd: ['b', 'a'], annotations: { x: 'y' } }),
  )
  expect(found.platforms[0]!.settings).toEqual([
    { field: 'Cmd', before: '["a","b"]', after: '["b","a"]' },
    { field: 'Env.A', before: '1', after: '2' },
    { field: 'Env.B', before: '1' },
    { field: 'Labels.x', after: 'y' },
    { field: 'annotations.x', after: 'y' },
  ])
})

describe('where images are', () => {
  const fixture = { layers: [layer([file('a', 'a')])] }

  test('an archive and a layout of one image are the same', async () => {
    const layout = at('layout')
    await writeOciLayout(layout, index(image(fixture)))
    expect((await diff(await archive('a.tar', fixture), layout)).different).toBe(false)
  })

  test('an archive of docker save, with plain layers, one written once and linked to', async () => {
    const shared = layer([file('a', 'a')], { plain: true })
    const { config } = image({ layers: [shared, shared] })
    const manifest = [{ Config: 'c.json', RepoTags: ['a:b'], Layers: ['1/layer.tar', '2/layer.tar'] }]
    const content = (shared.content as { bytes: Uint8Array }).bytes
    const members = [
      file('c.json', Buffer.from(config.bytes).toString()),
      { header: tarHeader({ path: '1/layer.tar', type: 'file', size: content.length }), content },
      entry('2/layer.tar', { type: 'symlink', linkname: '../1/layer.tar' }),
      file('manifest.json', JSON.stringify(manifest)),
    ]
    await writeFile(at('docker.tar'), writeTar(members))
    const ours = await archive('ours.tar', { layers: [layer([file('a', 'a')]), layer([file('a', 'a')])] })
    expect((await diff(at('docker.tar'), ours)).different).toBe(false)
  })

  test('a layout in a tar', async () => {
    const { config, manifest, layers } = image(fixture)
    const found = index(image(fixture)).document
    const name = (digest: string) => `blobs/sha256/${digest.slice(7)}`
    const bytes = (path: string, content: Uint8Array) => ({
      header: tarHeader({ path, type: 'file', size: content.length }),
      content,
    })
    const members = [
      bytes('oci-layout', utf8('{"imageLayoutVersion":"1.0.0"}')),
      bytes('index.json', found.bytes),
      ...[config, manifest].map((document) => bytes(name(document.digest), document.bytes)),
      bytes(name(layers[0]!.digest), (layers[0]!.content as { bytes: Uint8Array }).bytes),
    ]
    await writeFile(at('oci.tar'), writeTar(members))
    expect((await diff(at('oci.tar'), await archive('a.tar', fixture))).different).toBe(false)
  })

  test('platforms are matched, and those of one side named', async () => {
    const a = await archive('a.tar', fixture, { ...fixture, arch: 'arm64' })
    const b = await archive('b.tar', fixture, { ...fixture, arch: '386' })
    expect(await diff(a, b)).toMatchObject({ different: true, removed: ['arm64'], added: ['386'] })
    expect((await diff(a, b, '--arch', 'x86_64')).different).toBe(false)
    const { status, err } = await run('diff', a, b, '--arch', 'riscv64')
    expect({ status, err }).toMatchObject({ status: 2, err: expect.stringContaining('there are: ') })
  })
})

describe('locks and configurations', () => {
  const lock = (version: string, more: object = {}) =>
    JSON.stringify({
      version: 'v1',
      contents: {
        keyring: [{ name: 'k', url: 'k', content: version }],
        packages: [{ name: 'app', version, architecture: 'x86_64', checksum: 'Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }],
        ...more,
      },
    })

  test('two lock files', async () => {
    await writeFile(at('a.json'), lock('1-r0'))
    await writeFile(
      at('b.json'),
      lock('2-r0', { repositories: [{ name: 'r', url: 'https://me:secret@r.example/x86_64' }] }),
    )
    const found = await diff(at('a.json'), at('b.json'))
    expect(found.platforms[0]!.packages).toMatchObject([{ name: 'app', kind: 'upgraded' }])
    expect(found.settings).toMatchObject([
      { field: 'keyring[k].sha256' },
      { field: 'repositories', after: 'https://xxxxx@r.example/x86_64' },
    ])
  })

  test('an image and the lock file it should have been made from', async () => {
    await writeFile(at('a.json'), lock('1-r0'))
    const database = [
      file(
        'usr/lib/apk/db/installed',
        installed('app', '1-r0', 'MIT').replace(/C:.*/, 'C:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA='),
      ),
    ]
    const built = await archive('a.tar', { layers: [layer(database)] })
    expect((await diff(at('a.json'), built)).different).toBe(false)
    await writeFile(at('b.json'), lock('2-r0'))
    expect((await diff(at('b.json'), built)).platforms[0]!.packages).toMatchObject([
      { name: 'app', kind: 'downgraded' },
    ])
  })

  test('two configurations, with what they include', async () => {
    await writeFile(at('base.yaml'), 'paths: [{path: /etc/x, type: directory, permissions: 0o755}]\n')
    await writeFile(at('a.yaml'), 'contents: {packages: [a, b]}\n')
    await writeFile(at('b.yaml'), `include: ${at('base.yaml')}\ncontents: {packages: [b, c]}\ncmd: x\n`)
    const found = await diff(at('a.yaml'), at('b.yaml'))
    expect(found.settings).toEqual(
      expect.arrayContaining([
        { field: 'cmd', after: 'x' },
        { field: 'contents.packages', before: 'a' },
        { field: 'contents.packages', after: 'c' },
        { field: 'paths[/etc/x].permissions', after: '493' },
      ]),
    )
  })

  test('a configuration and an image have nothing in common', async () => {
    await writeFile(at('a.yaml'), 'contents: {packages: [a]}\n')
    const { status, err } = await run('diff', at('a.yaml'), await archive('a.tar', { layers: [] }))
    expect(status).toBe(2)
    expect(err).toContain('is a configuration')
  })
})

describe('reports', () => {
  const before = () =>
    archive('a.tar', { layers: [layer([file('usr/bin/su', 'x', { mode: 0o755 }), file('same', '')])] })
  const after = () =>
    archive('b.tar', {
      layers: [
        layer([file('usr/bin/su', 'xy', { mode: 0o4755 }), file('same', '', { mtime: 1 }), file('n|`w\u001b[2J', '')]),
      ],
    })

  test('text', async () => {
    const { out, status } = await run('diff', await before(), await after())
    expect(status).toBe(0)
    expect(out.replace(/sha256:[0-9a-f]{64}/g, 'ID').replaceAll(cwd, '.')).toBe(`--- ./a.tar
+++ ./b.tar

amd64
  image ID  ID
         →  ID
  privileges: 1 to look at
    ! usr/bin/su  now setuid root
  files: 1 added, 1 changed, 1 with another time only
    + n|\`w\\u001b[2J  0 B, 0644
    ~ usr/bin/su  content 1 B → 2 B, mode 0755 → 4755
`)
  })

  test('Markdown, where nothing in a name means anything', async () => {
    const { out } = await run('diff', await before(), await after(), '--format', 'markdown')
    expect(out).toContain('## amd64\n')
    expect(out).toContain('| ! | `usr/bin/su` | now setuid root |\n')
    expect(out).toContain('| + | n\\|\\`w\\\\u001b\\[2J | 0 B, 0644 |\n')
  })

  test('with a limit', async () => {
    const { out } = await run('diff', await before(), await after(), '--limit', '1')
    expect(out).toContain('    … and 1 more (--limit 0 shows all)\n')
  })

  test('of what is the same', async () => {
    const { out } = await run('diff', await before(), await before())
    expect(out).toMatch(/^.*a\.tar and .*a\.tar are the same\n$/)
  })

  test.each([
    [['--format', 'xml'], /--format must be text, markdown or json/],
    [['--limit', '-1'], /--limit must not be negative/],
  ])('%j is refused', async (flags, message) => {
    const { status, err } = await run('diff', 'a', 'b', ...flags)
    expect({ status, err }).toEqual({ status: 2, err: expect.stringMatching(message) })
  })
})

test('--exit-code tells the same, the different and what cannot be compared apart', async () => {
  const a = await archive('a.tar', { layers: [layer([file('a', '1')])] })
  const b = await archive('b.tar', { layers: [layer([file('a', '2')])] })
  const status = async (...names: string[]) => (await run('diff', ...names, '--exit-code')).status
  expect([await status(a, a), await status(a, b), await status(a, at('gone.tar'))]).toEqual([0, 1, 2])
})

describe('hostile images end in an error that says what is wrong', () => {
  const honest = { layers: [layer([file('a', 'a')])] }
  const claims = (entries: readonly TarInput[]) => layer(entries)
  test.each<[string, () => LayerBlob, RegExp]>([
    ['a path that leads out', () => claims([file('a/../../etc/passwd', '')]), /may lead out of it/],
    [
      'a hard link that leads out',
      () => claims([entry('a', { type: 'hardlink', linkname: '../../x' })]),
      /may lead out of it/,
    ],
    ['a path without end', () => claims([file(`${'a/'.repeat(3000)}x`, '')]), /a path of \d+ characters/],
    ['a layer that is no tar', () => blob(utf8('x'.repeat(2000)), utf8('x'.repeat(2000))), /tar/],
    [
      'a layer cut short',
      () => blob(gzip(writeTar([file('a', 'a')])).subarray(0, 40), utf8('')),
      /gzip data ends early/,
    ],
    ['a layer of another tar', () => blob(gzip(writeTar([file('a', 'b')])), writeTar([file('a', 'c')])), /diff ID/],
    ['a database that is none', () => claims([file('lib/apk/db/installed', 'V:1\nF:a\nM:x\n\n')]), /installed:/],
  ])('%s', async (_, make, message) => {
    const { status, err } = await run(
      'diff',
      await archive('a.tar', honest),
      await archive('b.tar', { layers: [make()] }),
    )
    expect({ status, err }).toEqual({ status: 2, err: expect.stringMatching(message) })
    expect(err).not.toMatch(/^\s+at /m)
  })

  test.each<[string, string, RegExp]>([
    ['no JSON', 'x', /manifest\.json is not JSON/],
    ['no list', '{}', /manifest\.json is no list/],
    ['a missing configuration', '[{"Config":"x","Layers":[]}]', /names a configuration that is missing/],
    ['a missing layer', '[{"Config":"c","Layers":["x"]}]', /names a layer that is missing/],
    ['layers its configuration does not know', '[{"Config":"c","Layers":["c"]}]', /does not list the 1 layers/],
    ['no image', '[]', /there is no image in it/],
    ['nested without end', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, /names a configuration|no usable image/],
  ])('a manifest.json with %s', async (_, manifest, message) => {
    await writeFile(at('x.tar'), writeTar([file('c', '{}'), file('manifest.json', manifest)]))
    const { status, err } = await run('diff', at('x.tar'), at('x.tar'))
    expect({ status, err }).toEqual({ status: 2, err: expect.stringMatching(message) })
  })

  test('a blob of a layout that was changed', async () => {
    await writeOciLayout(at('layout'), index(image(honest)))
    const { digest } = honest.layers[0]!
    const path = at(`layout/blobs/sha256/${digest.slice(7)}`)
    const bytes = await readFile(path)
    bytes.writeUInt8(bytes[4]! ^ 1, 4)
    await writeFile(path, bytes)
    const other = await archive('b.tar', { layers: [layer([file('a', 'b')])] })
    const { status, err } = await run('diff', at('layout'), other)
    expect({ status, err }).toEqual({ status: 2, err: expect.stringContaining(`the blob ${digest}`) })
  })

  test('a configuration nested without end', async () => {
    const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`
    const tar = writeTar([
      file('c', `{"config":${deep},"rootfs":{"diff_ids":[]}}`),
      file('manifest.json', '[{"Config":"c","Layers":[]}]'),
    ])
    await writeFile(at('x.tar'), tar)
    const { status } = await run('diff', at('x.tar'), await archive('a.tar', { layers: [] }))
    expect(status).toBe(0)
  })
})
