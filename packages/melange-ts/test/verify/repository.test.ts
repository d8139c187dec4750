import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signIndex } from '@apkts/keyring'
import { openRepositories } from '@apkts/repository'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { outcomeOf, type Report, reportJson, reportText, verifySubject } from '../../src/verify/index.ts'
import { keysOf, makeIndex, makeKey, makePackage } from './support.ts'

const key = makeKey('mine.rsa')
const keys = keysOf(key)
const packages = [makePackage({ name: 'a', key }), makePackage({ name: 'b' })]
let directory: string
let server: Server | undefined

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'verify-test-'))
  for (const arch of ['aarch64', 'x86_64']) {
    await mkdir(join(directory, arch))
    await writeFile(join(directory, arch, 'a-1.0-r0.apk'), packages[0]!)
    await writeFile(join(directory, arch, 'b-1.0-r0.apk'), packages[1]!)
    await writeFile(join(directory, arch, 'APKINDEX.tar.gz'), signIndex(makeIndex(packages), key))
  }
})
afterEach(async () => {
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)))
  server = undefined
  await rm(directory, { recursive: true, force: true })
})

async function check(subject: string, archs: string[] = []): Promise<Report> {
  const client = openRepositories({ keys: new Map() })
  try {
    return await verifySubject(subject, { keys, client, archs })
  } finally {
    await client.close()
  }
}

function faultsIn(report: Report): string[] {
  return [
    ...report.faults.map(({ code, at }) => `${code} ${at.slice(directory.length + 1)}`),
    ...report.parts.flatMap(faultsIn),
  ]
}

test('all architectures of a directory are checked', async () => {
  const report = await check(directory)
  expect(outcomeOf(report)).toBe('ok')
  expect(report.parts.map(({ kind }) => kind)).toEqual(['index', 'package', 'package', 'index', 'package', 'package'])
  expect(reportText(report)).toContain('b-1.0-r0 x86_64, 1 file; trusted by its index (itself unsigned)')
  expect(JSON.parse(JSON.stringify(reportJson(report)))).toMatchObject({ outcome: 'ok', parts: { length: 6 } })
})

test('one architecture can be named, or its directory', async () => {
  expect((await check(directory, ['x86_64'])).parts).toHaveLength(3)
  expect((await check(join(directory, 'x86_64'))).parts).toHaveLength(3)
})

test('a repository behind HTTP is checked the same', async () => {
  const site = createServer(async (request, response) => {
    try {
      response.end(await readFile(join(directory, request.url ?? '')))
    } catch {
      response.statusCode = 404
      response.end()
    }
  })
  server = site
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
  const report = await check(url)
  expect(outcomeOf(report)).toBe('ok')
  expect(report.parts).toHaveLength(6)
  await rm(join(directory, 'x86_64/a-1.0-r0.apk'))
  expect((await check(url)).parts.flatMap(({ faults }) => faults.map(({ code }) => code))).toEqual(['PACKAGE_MISSING'])
})

test('every fault is told with its place', async () => {
  await rm(join(directory, 'aarch64/a-1.0-r0.apk'))
  await writeFile(join(directory, 'aarch64/b-1.0-r0.apk'), packages[0]!)
  await writeFile(join(directory, 'x86_64/a-1.0-r0.apk'), packages[0]!.subarray(0, packages[0]!.length - 40))
  const faults = faultsIn(await check(directory))
  expect(faults).toContain('PACKAGE_MISSING aarch64/a-1.0-r0.apk')
  expect(faults).toContain('PACKAGE_IDENTITY aarch64/b-1.0-r0.apk: .PKGINFO')
  expect(faults).toContain('CONTROL_CHECKSUM aarch64/b-1.0-r0.apk: control section')
  expect(faults.some((fault) => /^PACKAGE_\w+ x86_64\/a-1\.0-r0\.apk$/.test(fault))).toBe(true)
})

test('an index nobody trusts vouches for nothing', async () => {
  await writeFile(join(directory, 'x86_64/APKINDEX.tar.gz'), makeIndex(packages))
  const report = await check(directory, ['x86_64'])
  expect(outcomeOf(report)).toBe('refused')
  expect(report.parts.map(outcomeOf)).toEqual(['refused', 'ok', 'refused'])
})

test('a package the index does not list is a warning', async () => {
  await writeFile(join(directory, 'x86_64/c-1-r0.apk'), packages[0]!)
  const report = await check(directory, ['x86_64'])
  expect(outcomeOf(report)).toBe('ok')
  expect(report.parts[0]!.warnings).toMatchObject([{ code: 'PACKAGE_UNLISTED' }])
})

test.each([
  { what: 'an apk v3 file', name: 'v3.apk', content: 'ADB.pckg', code: 'ADB' },
  { what: 'an empty file', name: 'empty', content: '', code: 'NOT_CHECKABLE' },
  { what: 'a text', name: 'text', content: 'hello', code: 'NOT_CHECKABLE' },
])('$what cannot be checked: $code', async ({ name, content, code }) => {
  await writeFile(join(directory, name), content)
  await expect(check(join(directory, name))).rejects.toMatchObject({ code })
})

test('a file that is not there, and a directory without an index', async () => {
  await expect(check(join(directory, 'none'))).rejects.toMatchObject({ code: 'NOT_CHECKABLE' })
  await mkdir(join(directory, 'bare'))
  expect(faultsIn(await check(join(directory, 'bare')))).toEqual(['INDEX_MISSING bare'])
})
