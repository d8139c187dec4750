import { packageRecord } from '@apkts/apk'
import { expect, test } from 'vitest'
import { ScaError, versionedLibraries } from '../../src/sca/index.ts'

const libc = packageRecord({
  name: 'glibc',
  version: '2.40-r1',
  buildTime: 20,
  provides: ['so:libc.so.6=6', 'so-ver:libc.so.6=2.40-r1'],
})

function versionOf(installed: Readonly<Record<string, string>>, records = [libc], built: readonly string[] = []) {
  return versionedLibraries({
    records,
    installed: new Map(Object.entries(installed)),
    built: new Set(built),
    version: '1-r0',
  })
}

test('a library that nobody else provides has the version of this build', () => {
  expect(versionOf({})('libown.so.1')).toBe('1-r0')
})

test('a library of the environment has the version of its installed package', () => {
  expect(versionOf({ glibc: '2.40-r1' })('libc.so.6')).toBe('2.40-r1')
})

test('a library of a package of this build has the version of this build', () => {
  expect(versionOf({ glibc: '2.40-r1' }, [libc], ['glibc'])('libc.so.6')).toBe('1-r0')
})

test('packages that are not installed do not count', () => {
  expect(versionOf({})('libc.so.6')).toBeUndefined()
})

test('a provider that keeps no versions gives none', () => {
  const plain = packageRecord({ ...libc, provides: ['so:libc.so.6=6'] })
  expect(versionOf({ glibc: '2.40-r1' }, [plain])('libc.so.6')).toBeUndefined()
})

test('the loader is never versioned', () => {
  expect(versionOf({})('ld-linux-x86-64.so.2')).toBeUndefined()
})

test('repositories behind the environment are an error', () => {
  expect(() => versionOf({ glibc: '2.41-r0' })('libc.so.6')).toThrow(ScaError)
})
