import { describe, expect, test } from 'vitest'
import {
  buildRepositoryList,
  cachePlace,
  indexUrl,
  packageUrl,
  parseRepositoryLine,
  RepositoryError,
  redactUrl,
  stripUserInfo,
} from '../src/index.ts'

describe('repository lines', () => {
  test.each([
    ['https://h/os', '', 'https://h/os'],
    ['@edge https://h/os', 'edge', 'https://h/os'],
    ['@edge  ./x more', 'edge', './x'],
    ['@ ./x', '', './x'],
    ['', '', ''],
    [' ./x ', '', ' ./x '],
    ['# comment', '', '# comment'],
    ['file:///x', '', 'file:///x'],
  ])('%j: tag %j, location %j', (line, tag, location) => {
    expect(parseRepositoryLine(line)).toEqual({ tag, location })
  })

  test.each(['@edge', '@edge '])('%j has no location', (line) => {
    expect(() => parseRepositoryLine(line)).toThrow(RepositoryError)
  })

  test('form a sorted set of whole lines', () => {
    const lists = [
      ['http://h/b', '@edge ./x'],
      ['./x', 'http://h/b'],
      ['/abs', 'a'],
    ]
    expect(buildRepositoryList(...lists)).toEqual(['./x', '/abs', '@edge ./x', 'a', 'http://h/b'])
  })

  test('at least one is needed', () => {
    expect(() => buildRepositoryList([], [])).toThrow('must provide at least one repository')
  })
})

describe('URLs', () => {
  test('of indexes and packages', () => {
    expect(indexUrl('https://h/os', 'x86_64')).toBe('https://h/os/x86_64/APKINDEX.tar.gz')
    expect(packageUrl('./x/', 'aarch64', { name: 'g++', version: '1-r0' })).toBe('./x//aarch64/g++-1-r0.apk')
  })

  test.each([
    ['https://u:p@h/x', 'https://xxxxx@h/x'],
    ['https://u@h/x', 'https://xxxxx@h/x'],
    ['https://h/x@y', 'https://h/x@y'],
    ['/path/u:p@h', '/path/u:p@h'],
    ['nothing', 'nothing'],
  ])('credentials are redacted: %s', (url, shown) => {
    expect(redactUrl(url)).toBe(shown)
  })

  test.each([
    ['https://u:p@h/x', 'https://h/x'],
    ['@edge https://u:p@h/x', '@edge https://h/x'],
    ['./u@h', './u@h'],
  ])('credentials are stripped: %s', (line, stripped) => {
    expect(stripUserInfo(line)).toBe(stripped)
  })
})

describe('places in the cache', () => {
  test.each([
    [
      'https://mirror.test/alpine/v3.16/main/x86_64/APKINDEX.tar.gz',
      'https%3A%2F%2Fmirror.test%2Falpine%2Fv3.16%2Fmain/x86_64/APKINDEX.tar.gz',
    ],
    ['https://u:p%40w@mirror.test:8443/os/x86_64/a-1.apk', 'https%3A%2F%2Fmirror.test%3A8443%2Fos/x86_64/a-1.apk'],
    ['http://h/x86_64/APKINDEX.tar.gz', 'http%3A%2F%2Fh%2F/x86_64/APKINDEX.tar.gz'],
    ['https://h/a%20b/x86_64/z-1.apk', 'https%3A%2F%2Fh%2Fa%2520b/x86_64/z-1.apk'],
    ['https://h/a+b/x86_64/z-1.apk?tok=1#f', 'https%3A%2F%2Fh%2Fa%2Bb%23f/x86_64/z-1.apk'],
    ['/srv/my repo/x86_64/z-1.apk', 'file%3A%2F%2F%2Fsrv%2Fmy%2520repo/x86_64/z-1.apk'],
    ['https://h/keys/k.rsa.pub', 'https%3A%2F%2Fh%2F/keys/k.rsa.pub'],
  ])('%s', (url, place) => {
    expect(cachePlace('/cache', url).path).toBe(`/cache/${place}`)
  })

  test('of a very deep directory has a name that file systems take, and differs from its neighbours', () => {
    const deep = `/${'directory/'.repeat(40)}`
    const [a, b] = ['a', 'b'].map(
      (name) => cachePlace('/cache', `${deep}${name}/x86_64/z-1.apk`).directory.split('/')[2]!,
    )
    expect(a).toHaveLength(255)
    expect(a).not.toBe(b)
  })

  test.each(['https://h/a/../x', 'https://h/../../..', 'https://h/a/%2e%2e/x', 'https://h/..%2f..%2fx'])(
    '%s stays inside the cache',
    (url) => {
      const { directory, path } = cachePlace('/cache', url)
      expect(directory).toMatch(/^\/cache\/http/)
      expect(path).toMatch(/^\/cache\/http/)
    },
  )
})
