import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PackageRecord, readIndexArchive, splitApk } from '@apkts/apk'
import { gunzipAll, parseTar } from '@apkts/archive'
import { silentLog } from '@apkts/diagnostics'
import { sha256Hex, utf8Decode } from '@apkts/encoding'
import { generateKeyPair, loadPrivateKey, type PrivateKey, verifyIndex } from '@apkts/keyring'
import type { SpdxDocument } from '@apkts/sbom'
import { solve } from '@apkts/solver'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ImportOptions, importDebs } from '../../src/import-deb/index.ts'
import { buildDeb, hasDpkgDeb } from './debs.ts'

const COPYRIGHT =
  'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nCopyright: x\nLicense: Expat\n'

describe.skipIf(!hasDpkgDeb())('import deb (skipped: dpkg-deb is not installed)', () => {
  let work: string
  let debs: Record<'bash' | 'tool' | 'data', string>
  let key: PrivateKey
  let counter = 0

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'import-deb-'))
    key = loadPrivateKey((await generateKeyPair({ bits: 2048 })).privatePem, 'test.rsa')
    debs = {
      bash: buildDeb(work, {
        name: 'bash',
        version: '5.2-2+b1',
        files: { 'bin/bash': '#!/bin/true\n' },
        postinst: '#!/bin/sh\n',
      }),
      tool: buildDeb(work, {
        name: 'tool',
        version: '1:2.0-1',
        fields:
          'Depends: gone | bash (>= 5), data\nProvides: virtual-tool\nSource: tools\nHomepage: https://example.com/\n',
        files: {
          'usr/bin/tool': '#!/bin/bash\necho tool\n',
          'lib/tool/part': 'part\n',
          'usr/share/doc/tool/copyright': COPYRIGHT,
        },
        links: { 'usr/lib/tool/abs': '/lib/tool/part', 'sbin/tool': '../usr/bin/tool' },
        hardLinks: { 'usr/bin/tool-twin': 'usr/bin/tool' },
      }),
      data: buildDeb(work, {
        name: 'data',
        files: { 'usr/share/data/x': 'x\n', 'usr/share/man/man1/x.1': 'manual\n' },
        links: { 'usr/share/doc/data': 'tool' },
      }),
    }
  })
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  const fresh = (): string => join(work, `out-${counter++}`)

  function run(requests: readonly string[], outDir: string, more: Partial<ImportOptions> = {}) {
    const defaults = { dependencies: false, documentation: false, keepEpoch: false, jobs: 2, log: silentLog }
    return importDebs({
      ...defaults,
      requests,
      outDir,
      downloadDir: join(outDir, '.debs'),
      arch: 'x86_64',
      key,
      ...more,
    })
  }

  function records(directory: string): Map<string, PackageRecord> {
    const bytes = readFileSync(join(directory, 'APKINDEX.tar.gz'))
    const { signedBytes } = verifyIndex(bytes, new Map([['test.rsa.pub', key.publicPem]]), 'index')
    return new Map(readIndexArchive(signedBytes).records.map((record) => [record.name, record]))
  }

  function entries(directory: string, record: PackageRecord) {
    const bytes = readFileSync(join(directory, `${record.name}-${record.version}.apk`))
    const { sections, pkgInfo } = splitApk(bytes, record.name)
    const data = bytes.subarray(sections.data.offset)
    expect(pkgInfo.dataHash).toBe(sha256Hex(data))
    expect(record.size).toBe(bytes.length)
    return new Map(parseTar(gunzipAll(data, 1e8)).map((member) => [member.header.path, member]))
  }

  function bytesOf(directory: string): Record<string, string> {
    const names = readdirSync(directory).filter((name) => !statSync(join(directory, name)).isDirectory())
    return Object.fromEntries(names.map((name) => [name, sha256Hex(readFileSync(join(directory, name)))]))
  }

  test('makes a signed repository whose records say what the packages say', async () => {
    const { directory, packages } = await run(Object.values(debs), fresh())
    const index = records(directory)
    expect([...index.keys()]).toEqual(['bash', 'data', 'merged-usr', 'tool'])
    expect(packages).toBe(4)
    expect(index.get('tool')).toMatchObject({
      version: '2.0_p1-r0',
      arch: 'x86_64',
      description: 'the package tool',
      origin: 'tools',
      url: 'https://example.com/',
      license: 'MIT',
      dependencies: ['bash>=5-r0', 'cmd:bash', 'data', 'merged-usr'],
      provides: ['cmd:tool-twin=2.0_p1-r0', 'cmd:tool=2.0_p1-r0', 'virtual-tool'],
      buildTime: Date.parse('2024-01-02T03:04:05Z') / 1000,
    })
    expect(index.get('data')?.license).toBe('MIT')
  })

  test('lays files out for the merged /usr and keeps contents, modes and links', async () => {
    const { directory } = await run(Object.values(debs), fresh())
    const index = records(directory)
    const tool = entries(directory, index.get('tool')!)
    expect(utf8Decode(tool.get('usr/bin/tool')!.content)).toBe('#!/bin/bash\necho tool\n')
    expect(tool.get('usr/bin/tool-twin')?.content).toEqual(tool.get('usr/bin/tool')?.content)
    expect(tool.get('usr/bin/tool')?.header.mode).toBe(0o755)
    expect(tool.get('usr/lib/tool/part')?.header.type).toBe('file')
    expect(tool.get('usr/lib/tool/abs')?.header.linkname).toBe('/lib/tool/part')
    expect(tool.get('usr/sbin/tool')?.header.linkname).toBe('../bin/tool')
    expect([...tool.keys()].filter((path) => /^s?bin|^lib/.test(path))).toEqual([])
    expect(entries(directory, index.get('bash')!).get('usr/bin/sh')?.header.linkname).toBe('bash')
    expect(entries(directory, index.get('merged-usr')!).get('bin')?.header.linkname).toBe('usr/bin')
    expect(entries(directory, index.get('data')!).has('usr/share/man/man1/x.1')).toBe(false)
  })

  test('packages carry an SBOM that leads to the .deb and its source package', async () => {
    const { directory } = await run(Object.values(debs), fresh())
    const index = records(directory)
    const sbom = (name: string) => {
      const record = index.get(name)!
      const path = `var/lib/db/sbom/${name}-${record.version}.spdx.json`
      return JSON.parse(utf8Decode(entries(directory, record).get(path)!.content)) as SpdxDocument
    }
    const tool = sbom('tool')
    expect(tool.creationInfo.created).toBe('2024-01-02T03:04:05Z')
    expect(tool.packages.map(({ externalRefs }) => externalRefs?.[0]?.referenceLocator)).toEqual([
      undefined,
      'pkg:apk/debian/tool@2.0_p1-r0?arch=x86_64&distro=debian',
      'pkg:deb/debian/tool@1:2.0-1?arch=all',
      'pkg:deb/debian/tools@1:2.0-1?arch=source',
    ])
    expect(tool.packages[2]).toMatchObject({
      licenseDeclared: 'MIT',
      checksums: [{ algorithm: 'SHA256', checksumValue: sha256Hex(readFileSync(debs.tool)) }],
    })
    expect(sbom('data').packages[2]).toMatchObject({
      licenseDeclared: 'NOASSERTION',
      sourceInfo: 'its copyright file is that of the package tool',
    })
    expect(sbom('merged-usr').packages[1]).toMatchObject({ name: 'merged-usr', licenseDeclared: 'CC0-1.0' })
  })

  test('the resolver installs from it', async () => {
    const { directory } = await run(Object.values(debs), fresh())
    const index = { tag: '', location: directory, records: [...records(directory).values()] }
    const names = solve({ indexes: [index], world: ['virtual-tool'] }).packages.map(({ record }) => record.name)
    expect(new Set(names)).toEqual(new Set(['bash', 'data', 'merged-usr', 'tool']))
  })

  test('the same packages give the same bytes, in any order', async () => {
    const first = await run([debs.bash, debs.tool, debs.data], fresh())
    const second = await run([debs.data, debs.tool, debs.bash], fresh(), { jobs: 1 })
    expect(bytesOf(first.directory)).toEqual(bytesOf(second.directory))
  })

  test('a second import converts nothing and changes nothing', async () => {
    const outDir = fresh()
    const first = await run(Object.values(debs), outDir)
    const before = bytesOf(first.directory)
    const again = await run(Object.values(debs), outDir)
    expect([first.converted, again.converted]).toEqual([3, 0])
    expect(bytesOf(again.directory)).toEqual(before)
  })

  test('a damaged or missing package is converted again', async () => {
    const outDir = fresh()
    const { directory } = await run(Object.values(debs), outDir)
    const before = bytesOf(directory)
    appendFileSync(join(directory, 'tool-2.0_p1-r0.apk'), 'x')
    rmSync(join(directory, 'data-1.0_p1-r0.apk'))
    expect((await run(Object.values(debs), outDir)).converted).toBe(2)
    expect(bytesOf(directory)).toEqual(before)
  })

  test('imports add up, and give the bytes of one import', async () => {
    const outDir = fresh()
    await run([debs.bash], outDir)
    const { directory } = await run([debs.tool, debs.data], outDir)
    const whole = await run(Object.values(debs), fresh())
    expect(records(directory)).toEqual(records(whole.directory))
  })

  test('packages of an older converter stay, until they come again', async () => {
    const outDir = fresh()
    const { directory } = await run([debs.tool], outDir)
    const state = join(directory, '.import-deb.json')
    const older = (text: string) => text.replaceAll(/\\"converter\\":\d+/g, '\\"converter\\":0')
    writeFileSync(state, older(readFileSync(state, 'utf8')))
    await run([debs.data], outDir)
    expect([...records(directory).keys()]).toEqual(['data', 'merged-usr', 'tool'])
    expect((await run([debs.data], outDir)).converted).toBe(0)
    expect((await run([debs.tool], outDir)).converted).toBe(1)
    expect((await run([debs.tool], outDir)).converted).toBe(0)
  })

  test('packages made with other options go, with a word', async () => {
    const outDir = fresh()
    const warnings: string[] = []
    await run([debs.tool], outDir, { documentation: true })
    const log = { ...silentLog, warn: (message: string) => void warnings.push(message) }
    const { directory } = await run([debs.data], outDir, { log })
    expect([...records(directory).keys()]).toEqual(['data'])
    expect(warnings.join()).toContain('left out: tool (import them again')
  })

  test('a newer version takes the place of the older one', async () => {
    const outDir = fresh()
    await run([debs.data], outDir)
    const newer = mkdtempSync(join(work, 'newer-'))
    const { directory } = await run([buildDeb(newer, { name: 'data', version: '1.1-1' })], outDir)
    expect(records(directory).get('data')?.version).toBe('1.1_p1-r0')
    expect(readdirSync(directory)).not.toContain('data-1.0_p1-r0.apk')
  })

  test('a version that is newer by its epoch only is refused, and kept apart with keepEpoch', async () => {
    const [outDir, other] = [fresh(), mkdtempSync(join(work, 'epoch-'))]
    const older = buildDeb(other, { name: 'turn', version: '2.0-1' })
    await run([older], outDir)
    const newer = buildDeb(mkdtempSync(join(work, 'epoch-')), { name: 'turn', version: '1:1.0-1' })
    await expect(run([newer], outDir)).rejects.toMatchObject({ code: 'DEB_ORDER_LOST' })
    const exact = fresh()
    await run([older], exact, { keepEpoch: true })
    const { directory } = await run([newer], exact, { keepEpoch: true })
    expect(records(directory).get('turn')?.version).toBe('1000000000000001.0_p1-r0')
  })

  test('meta packages depend on what they stand for', async () => {
    const outDir = fresh()
    const state = { version: 1, debs: [], metas: ['wolfi-base'] }
    mkdirSync(join(outDir, 'x86_64'), { recursive: true })
    writeFileSync(join(outDir, 'x86_64', '.import-deb.json'), JSON.stringify(state))
    const { directory } = await run([debs.bash], outDir)
    expect(records(directory).get('wolfi-base')?.dependencies).toEqual([
      'base-files',
      'bash',
      'busybox-static',
      'ca-certificates',
    ])
  })

  test('certificates come joined in one file', async () => {
    const other = mkdtempSync(join(work, 'certificates-'))
    const files = { 'usr/share/ca-certificates/b/B.crt': 'BBB', 'usr/share/ca-certificates/a/A.crt': 'AAA\n' }
    const { directory } = await run([buildDeb(other, { name: 'ca-certificates', files })], fresh())
    const bundle = entries(directory, records(directory).get('ca-certificates')!).get(
      'etc/ssl/certs/ca-certificates.crt',
    )
    expect(utf8Decode(bundle!.content)).toBe('AAA\nBBB\n')
  })

  test.each([
    ['a missing file', () => join(work, 'missing.deb'), 'DEB_NOT_FOUND'],
    ['a file that is no package', () => notADeb(), 'DEB_UNREADABLE'],
  ])('%s is an error of ours and leaves no index', async (_, file, code) => {
    const outDir = fresh()
    await expect(run([file()], outDir)).rejects.toMatchObject({ code })
    expect(existsSync(outDir)).toBe(false)
  })

  test('two packages of one name are refused', async () => {
    const other = mkdtempSync(join(work, 'twice-'))
    const twice = [debs.data, buildDeb(other, { name: 'data', version: '9-9' })]
    await expect(run(twice, fresh())).rejects.toMatchObject({ code: 'DEB_DUPLICATE' })
  })

  test('a repository of somebody else is left alone', async () => {
    const outDir = fresh()
    mkdirSync(join(outDir, 'x86_64'), { recursive: true })
    writeFileSync(join(outDir, 'x86_64', 'APKINDEX.tar.gz'), 'theirs')
    await expect(run([debs.bash], outDir)).rejects.toMatchObject({ code: 'IMPORT_DIRECTORY' })
    expect(readFileSync(join(outDir, 'x86_64', 'APKINDEX.tar.gz'), 'utf8')).toBe('theirs')
  })

  function notADeb(): string {
    const file = join(work, 'text.deb')
    writeFileSync(file, 'this is no package\n')
    return file
  }
})
