import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assembleControl, CHECKSUM_RECORD, formatPkgInfo, parseIndex, splitApk } from '@apkts/apk'
import { encodeTarHeader, gzip, TAR_END, type TarHeader, tarHeader } from '@apkts/archive'
import { concatBytes, sha1Hex, utf8 } from '@apkts/encoding'
import { signControl } from '@apkts/keyring'
import { readPackageRecord, signPackageFile } from '../../src/index-repo/index.ts'
import { type VerifyPackageInput, verifyIndexBytes, verifyPackageStream } from '../../src/verify/index.ts'
import { endlessMember } from './bomb.ts'
import { codes, keysOf, makeKey, makePackage } from './support.ts'

/** Does one thing that could take much memory, and prints what came out and the most memory it had. */
const MIB = 1 << 20
const key = makeKey('mine.rsa')
const keys = keysOf(key)

type Scenario = () => Promise<readonly string[]>

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'nothing but the program': async () => [],
  'a package of 2 GiB': () => verifyLargePackage({ files: 8_192, fileSize: MIB / 4 }),
  'a package with one file of 512 MiB': () => verifyLargePackage({ files: 1, fileSize: 512 * MIB }),
  'a control section that inflates to 64 GiB': () => check([endlessMember(64 * 1024 * MIB)]),
  'a data section that inflates beyond its limit': () =>
    checkData([endlessMember(64 * 1024 * MIB)], { limits: { data: 512 * MIB } }),
  'a pax header of 1 MiB for each of 2,000 entries': () => checkData(repeat(2_000, gzip(paxEntry(MIB - 100)))),
  'a pax header that says it has 4 GiB': () =>
    checkData([gzip(extension(4 * 1024 * MIB)), endlessMember(8 * 1024 * MIB)]),
  'a sparse file of 8 TiB': () => checkData([gzip(sparseHeader())]),
  'a file that says it has 8 TiB': () => checkData([gzip(entry({ size: 8 * 1024 * 1024 * MIB }))]),
  '100,000 empty gzip members': () => checkData([...repeat(100_000, gzip(new Uint8Array(0))), gzip(TAR_END)]),
  'more entries than a package may have': () =>
    checkData(repeat(201, gzip(directories(1_000))), { limits: { entries: 200_000 } }),
  'an index that inflates to 64 GiB': async () => {
    const body = endlessMember(64 * 1024 * MIB)
    const bytes = concatBytes([signControl(body, key, 0), body])
    return codes(verifyIndexBytes({ subject: 'i', bytes, keys }).report)
  },
  'signing and indexing a file of 300 MiB': signAndIndex,
}

async function check(parts: Iterable<Uint8Array>, more: Partial<VerifyPackageInput> = {}): Promise<readonly string[]> {
  return codes(await verifyPackageStream({ subject: 'p', bytes: streamOf(parts), keys, ...more }))
}

/** What is wrong besides the hash of the data, which is not what these data sections are about. */
async function checkData(parts: Iterable<Uint8Array>, more: Partial<VerifyPackageInput> = {}) {
  const other = makePackage()
  const start = other.subarray(0, splitApk(other, 'p').dataOffset)
  const found = await check([start, ...parts], more)
  return found.filter((code) => code !== 'DATA_HASH' && !code.endsWith('?'))
}

async function* streamOf(parts: Iterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  for (const part of parts) for (let i = 0; i < part.length; i += MIB) yield part.subarray(i, i + MIB)
}

function repeat(times: number, part: Uint8Array): Uint8Array[] {
  return Array.from({ length: times }, () => part)
}

/** A good, signed package whose bytes are made while they are read; its files cannot be compressed. */
async function verifyLargePackage({ files, fileSize }: { files: number; fileSize: number }) {
  const piece = randomBytes(Math.min(fileSize, MIB))
  const stored = gzip(piece, { level: 0 })
  const pieces = fileSize / piece.length
  const pax = new Map([[CHECKSUM_RECORD, utf8(sha1Of(piece, pieces))]])
  function* data(): Generator<Uint8Array> {
    for (let i = 0; i < files; i++) {
      yield gzip(entry({ path: `file-${i}`, size: fileSize, pax }), { level: 1 })
      for (let j = 0; j < pieces; j++) yield stored
    }
    yield gzip(TAR_END)
  }
  const hash = createHash('sha256')
  for (const part of data()) hash.update(part)
  const facts = { name: 'large', version: '1-r0', arch: 'x86_64', origin: '', description: '', url: '', commit: '' }
  const info = formatPkgInfo({ ...facts, installedSize: 1, buildDate: 1, dataHash: hash.digest('hex') })
  const control = assembleControl(info, undefined, {}, 1)
  function* all(): Generator<Uint8Array> {
    yield signControl(control, key, 1)
    yield control
    yield* data()
  }
  return check(all())
}

function sha1Of(piece: Uint8Array, times: number): string {
  if (times === 1) return sha1Hex(piece)
  const hash = createHash('sha1')
  for (let i = 0; i < times; i++) hash.update(piece)
  return hash.digest('hex')
}

function entry(fields: Partial<TarHeader>): Uint8Array {
  return encodeTarHeader(tarHeader({ path: 'f', type: 'file', ...fields }))
}

function paxEntry(size: number): Uint8Array {
  return entry({ path: '.f', pax: new Map([['comment', new Uint8Array(size)]]) })
}

/** The header block of a pax extension that says it has so many bytes. */
function extension(size: number): Uint8Array {
  return retyped(entry({ size: Math.min(size, 8 * 1024 * MIB - 1) }), 'x')
}

function sparseHeader(): Uint8Array {
  const block = retyped(entry({ size: 512 }), 'S')
  block.set(utf8('77777777777'), 483) // the size that the holes make up
  return withChecksum(block)
}

function retyped(block: Uint8Array, typeflag: string): Uint8Array {
  const copy = Uint8Array.from(block)
  copy.set(utf8(typeflag), 156)
  return withChecksum(copy)
}

function withChecksum(block: Uint8Array): Uint8Array {
  block.fill(0x20, 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.set(utf8(`${sum.toString(8).padStart(6, '0')}\0 `), 148)
  return block
}

function directories(count: number): Uint8Array {
  const header = (i: number) => encodeTarHeader(tarHeader({ path: `.d${i}`, type: 'directory' }))
  return concatBytes(Array.from({ length: count }, (_, i) => header(i)))
}

const recordOf = (path: string) => parseIndex(readPackageRecord(path).record.text)[0]!

/** The file is mostly a hole: only what is written anew takes time. */
async function signAndIndex(): Promise<readonly string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'memory-test-'))
  try {
    const path = join(directory, 'p.apk')
    await writeFile(path, makePackage())
    await truncate(path, 300 * MIB)
    const before = recordOf(path)
    await signPackageFile(path, key)
    const after = recordOf(path)
    const grown = after.size - before.size
    const file = await open(path)
    const { buffer } = await file.read(Buffer.alloc(MIB), 0, MIB, 0)
    await file.close()
    const signed = splitApk(buffer, path).signature?.length === grown
    return signed && Buffer.compare(before.checksum!, after.checksum!) === 0 ? [] : ['DIFFERENT']
  } finally {
    await rm(directory, { recursive: true })
  }
}

const found = await SCENARIOS[process.argv[2] ?? '']!()
const peak = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]
process.stdout.write(JSON.stringify({ codes: found, peakMib: Math.round(Number(peak) / 1024) }))
