import { createHash, generateKeyPairSync } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'

const PACKAGES = 5_000
const RECORDS = 80_000

/** Indexes of large repositories: made, made again without a change, merged into; and version comparisons. */
export function indexCases({ data, scratch, node, root }) {
  const directory = join(scratch, 'indexes')
  const cache = (name) => ({ env: { HOME: directory, XDG_CACHE_HOME: join(directory, name) } })
  const key = () => join(prepared(directory), 'bench.rsa')
  /** What the program itself keeps stays; what it knows of packages and indexes goes. */
  const forgetting = (name, run) => {
    rmSync(join(directory, name, 'melange-ts/index'), { recursive: true, force: true })
    return run
  }
  const index = (output, more, name) => ({
    ...node('melange-ts', ['index', '-q', '-o', join(directory, output), '--signing-key', key(), ...more]),
    ...cache(name),
  })
  const toolchain = resolve(data, 'e2e/toolchain/x86_64')
  const tools = existsSync(toolchain) ? readdirSync(toolchain).filter((name) => name.endsWith('.apk')) : []
  const toolFiles = tools.map((name) => join(toolchain, name))
  return [
    {
      name: 'index-toolchain',
      what: `melange-ts index, the ${tools.length || 150} packages of a gcc toolchain, nothing known`,
      goal: '≤ 200 ms',
      program: 'melange',
      available: toolFiles.length > 0,
      unavailable: 'conformance data not present',
      ours: () => forgetting('cold', index('tools.tar.gz', toolFiles, 'cold')),
      peer: (path) => peer(path, directory, ['-o', join(directory, 'peer.tar.gz'), ...toolFiles]),
    },
    {
      name: 'index-5000',
      what: `melange-ts index, ${PACKAGES} packages of mixed sizes, nothing known`,
      goal: '≥ 1 ×',
      program: 'melange',
      available: true,
      ours: () => forgetting('cold', index('new.tar.gz', packageFiles(directory), 'cold')),
      peer: (path) => peer(path, directory, ['-o', join(directory, 'peer.tar.gz'), ...packageFiles(directory)]),
    },
    {
      name: 'index-5000-unchanged',
      what: 'the same again, nothing changed',
      goal: '≤ 300 ms',
      program: 'melange',
      available: true,
      ours: () => index('again.tar.gz', packageFiles(directory), 'warm'),
      peer: (path) => peer(path, directory, ['-o', join(directory, 'peer.tar.gz'), ...packageFiles(directory)]),
    },
    {
      name: 'index-merge-80000',
      what: `one package into an index of ${RECORDS} records that was written by the run before`,
      goal: '≤ 500 ms',
      program: 'melange',
      available: true,
      ours: (run) => {
        const output = join(directory, 'grown.tar.gz')
        if (!existsSync(output)) copyFileSync(largeIndex(directory), output)
        const more = ['--merge', '--ignore-signatures', packageFiles(directory)[run]]
        return index('grown.tar.gz', more, 'merge')
      },
      peer: (path, run) => {
        const output = join(directory, 'peer-grown.tar.gz')
        if (!existsSync(output)) copyFileSync(largeIndex(directory), output)
        return peer(path, directory, ['-m', '-s', output, '-o', output, packageFiles(directory)[run]])
      },
    },
    {
      name: 'index-merge-80000-other',
      what: `one package into an index of ${RECORDS} records that another program wrote`,
      program: 'melange',
      available: true,
      ours: () => {
        const source = ['--merge', '--source', largeIndex(directory), '--ignore-signatures']
        return forgetting('cold', index('merged.tar.gz', [...source, packageFiles(directory)[0]], 'cold'))
      },
      peer: (path) => {
        const merge = ['-m', '-s', largeIndex(directory), '-o', join(directory, 'peer.tar.gz')]
        return peer(path, directory, [...merge, packageFiles(directory)[0]])
      },
    },
    {
      name: 'versions-1000000',
      what: '1,000,000 pairs compared by the rules of apk-tools',
      goal: '≤ 500 ms, start-up included',
      program: 'melange',
      available: existsSync(join(root, 'packages/apk/dist/index.js')),
      unavailable: 'build first',
      ours: () => ({ command: process.execPath, args: [join(root, 'bench/cases/compare-versions.mjs'), '1000000'] }),
    },
  ]
}

function peer(path, directory, args) {
  return { command: path, args: ['index', '--signing-key', join(prepared(directory), 'bench.rsa'), ...args] }
}

/** Makes everything the cases read, once. */
function prepared(directory) {
  if (existsSync(directory)) return directory
  mkdirSync(join(directory, 'x86_64'), { recursive: true })
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 4096 })
  writeFileSync(join(directory, 'bench.rsa'), privateKey.export({ type: 'pkcs1', format: 'pem' }))
  for (let i = 0; i < PACKAGES; i++)
    writeFileSync(join(directory, 'x86_64', `package-${i}-1.0-r0.apk`), packageBytes(i))
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }))
  return directory
}

function packageFiles(directory) {
  prepared(directory)
  return Array.from({ length: PACKAGES }, (_, i) => join(directory, 'x86_64', `package-${i}-1.0-r0.apk`))
}

/** Data sections of 1 KiB to 256 KiB, most of them small. */
function packageBytes(i) {
  const data = Buffer.alloc(1 << (10 + (i % 97 === 0 ? 8 : i % 5)), String(i))
  const info = {
    pkgname: `package-${i}`,
    pkgver: '1.0-r0',
    arch: 'x86_64',
    size: data.length,
    origin: `package-${i - (i % 4)}`,
    pkgdesc: `does thing number ${i}`,
    url: `https://example.com/${i}`,
    commit: createHash('sha1').update(String(i)).digest('hex'),
    builddate: 1700000000 + i,
    license: 'MIT',
    depend: `so:lib${i % 900}.so.1`,
    provides: `cmd:tool${i}=1.0-r0`,
    datahash: createHash('sha256').update(data).digest('hex'),
  }
  const text = Object.entries(info).map(([name, value]) => `${name} = ${value}\n`)
  return Buffer.concat([gzipSync(tarFile('.PKGINFO', text.join(''))), data])
}

function largeIndex(directory) {
  const path = join(prepared(directory), 'large.tar.gz')
  if (!existsSync(path)) {
    const records = Array.from({ length: RECORDS }, (_, i) => indexRecord(i)).join('')
    const parts = [tarFile('APKINDEX', records), tarFile('DESCRIPTION', ''), Buffer.alloc(1024)]
    writeFileSync(path, gzipSync(Buffer.concat(parts)))
  }
  return path
}

function indexRecord(i) {
  const checksum = createHash('sha1').update(`r${i}`).digest()
  return [
    `C:Q1${checksum.toString('base64')}`,
    `P:record-${i}`,
    `V:1.${i % 50}.${i % 7}-r${i % 5}`,
    'A:x86_64',
    `S:${1000 + i}`,
    `I:${4000 + i}`,
    `T:does thing number ${i}`,
    `U:https://example.com/${i}`,
    'L:Apache-2.0',
    `o:record-${i - (i % 4)}`,
    `t:${1700000000 + i}`,
    `c:${checksum.toString('hex')}`,
    `D:so:lib${i % 900}.so.1 so:libc.so.6`,
    `p:cmd:tool${i}=1.${i % 50}.${i % 7}-r${i % 5}`,
    '',
    '',
  ].join('\n')
}

/** One regular file, padded, without an end marker. */
function tarFile(name, text) {
  const content = Buffer.from(text)
  const header = Buffer.alloc(512)
  header.write(name, 0)
  const octal = (value, length) => `${value.toString(8).padStart(length - 1, '0')}\0`
  header.write(octal(0o644, 8) + octal(0, 8) + octal(0, 8) + octal(content.length, 12) + octal(0, 12), 100)
  header.write('        0', 148)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)])
}
