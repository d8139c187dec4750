import { appendFile, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { assembleControl, formatPkgInfo, parseIndex } from '@apkts/apk'
import { gzip, writeTar } from '@apkts/archive'
import { silentLog } from '@apkts/diagnostics'
import { concatBytes, sha256Hex, utf8 } from '@apkts/encoding'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openIndexMemory, readPackageRecord, readPackageRecords } from '../../src/index-repo/index.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'records-test-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

function packageBytes(name: string, { script = '', description = '', data = gzip(writeTar([])) } = {}): Uint8Array {
  const text = formatPkgInfo({
    name,
    version: '1-r0',
    arch: 'x86_64',
    installedSize: 1,
    origin: name,
    description,
    url: '',
    commit: '',
    buildDate: 1,
    dataHash: sha256Hex(data),
  })
  return concatBytes([assembleControl(text, undefined, { 'post-install': script }, 1), data])
}

async function store(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(directory, `${name}-1-r0.apk`)
  await writeFile(path, bytes)
  return path
}

/** Text that no compressor makes small. */
const noise = Array.from({ length: 40_000 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 0).join(' ')

describe('reading only the beginning', () => {
  test.each([
    { what: 'a small package', bytes: packageBytes('p') },
    { what: 'a control section longer than the first read', bytes: packageBytes('p', { script: noise }) },
    { what: 'a data section that is not even gzip', bytes: packageBytes('p', { data: utf8('x'.repeat(100_000)) }) },
  ])('$what', async ({ bytes }) => {
    const { record } = readPackageRecord(await store('p', bytes))
    expect(record).toMatchObject({ name: 'p', version: '1-r0', arch: 'x86_64' })
    const [read] = parseIndex(record.text)
    expect(read).toMatchObject({ name: 'p', version: '1-r0', size: bytes.length })
    expect(read?.checksum).toHaveLength(20)
  })

  test.each([
    { what: 'empty', bytes: new Uint8Array(0), code: 'PACKAGE_EMPTY' },
    { what: 'cut off in its control section', bytes: packageBytes('p').subarray(0, 60), code: 'PACKAGE_TRUNCATED' },
    { what: 'apk v3', bytes: utf8('ADB.pckg'), code: 'PACKAGE_V3' },
  ])('a file that is $what: $code', async ({ bytes, code }) => {
    const path = await store('p', bytes)
    expect(() => readPackageRecord(path)).toThrow(expect.objectContaining({ code }))
  })
})

describe('what did not change is not read again', () => {
  const environment = () => ({ XDG_CACHE_HOME: join(directory, 'cache') })
  const output = () => join(directory, 'APKINDEX.tar.gz')

  async function index(files: readonly string[]): Promise<{ texts: string[]; remembered: number }> {
    const memory = await openIndexMemory(output(), environment())
    if (memory === undefined) throw new Error('no memory')
    const remember = vi.spyOn(memory, 'remember')
    const { records } = readPackageRecords(files, { log: silentLog, memory })
    await memory.save()
    return { texts: records.map(({ text }) => text), remembered: remember.mock.calls.length }
  }

  test('files are remembered until their bytes, size or time change', async () => {
    const a = await store('a', packageBytes('a'))
    const b = await store('b', packageBytes('b'))
    await sleep(120)
    const first = await index([a, b])
    expect(first.remembered).toBe(2)
    expect(await index([a, b])).toEqual({ texts: first.texts, remembered: 0 })
    await appendFile(b, 'x')
    await utimes(a, 1, 1)
    await sleep(120)
    const changed = await index([a, b])
    expect(changed.remembered).toBe(2)
    expect(changed.texts).not.toEqual(first.texts)
  })

  test('a record with a NUL in it is not kept: it separates them', async () => {
    const files = [await store('a', packageBytes('a', { description: 'a\0b' })), await store('b', packageBytes('b'))]
    await sleep(120)
    expect((await index(files)).remembered).toBe(2)
    expect((await index(files)).remembered).toBe(1)
  })

  test('a file too young to be told from its next version is read each time', async () => {
    const a = await store('a', packageBytes('a'))
    vi.spyOn(Date, 'now').mockReturnValue(0)
    expect((await index([a])).remembered).toBe(0)
    vi.restoreAllMocks()
  })

  test.each([
    { what: 'cut off in its first line', damaged: () => '{"version":4,"req' },
    { what: 'of another version', damaged: (text: string) => text.replace('"version":4', '"version":3') },
    { what: 'cut off in its last text', damaged: (text: string) => text.slice(0, -20) },
  ])('a memory $what is no memory', async ({ damaged }) => {
    const a = await store('a', packageBytes('a'))
    await sleep(120)
    await index([a])
    const folder = join(directory, 'cache', 'melange-ts', 'index')
    for (const name of await readdir(folder)) {
      await writeFile(join(folder, name), damaged(await readFile(join(folder, name), 'utf8')))
    }
    expect((await index([a])).remembered).toBe(1)
  })

  test('without a home directory every file is read', async () => {
    expect(await openIndexMemory(output(), {})).toBeUndefined()
  })
})
