import { execFileSync } from 'node:child_process'
import { compareApkoVersions, compareVersions, isValidVersion, parseVersion } from '@apkts/apk'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toApkVersion, toBusyboxVersion } from '../../src/import-deb/apk-version.ts'
import { compareDebianVersions, parseDebianVersion } from '../../src/import-deb/debian-version.ts'

const map = (text: string): string => toApkVersion(parseDebianVersion(text))

describe('table', () => {
  test.each([
    ['10.0.0', '10.0.0-r0'],
    ['10.0.0-0', '10.0.0-r0'],
    ['1.12-1', '1.12_p1-r0'],
    ['4:12.2.0-3', '12.2.0_p3-r0'],
    ['20240203', '20240203-r0'],
    ['0.17029-2', '0.17029_p2-r0'],
    ['1.05-1', '1.5_p1-r0'],
  ])('%s becomes %s', (debian, apk) => {
    expect(map(debian)).toBe(apk)
  })

  test('keepEpoch puts the epoch above every first number', () => {
    expect(toApkVersion(parseDebianVersion('4:12.2.0-3'), { keepEpoch: true })).toBe('4000000000000012.2.0_p3-r0')
  })

  test.each([
    ['1:1.35.0-4+b7', /^1\.35\.0-r\d+$/],
    ['1:1.30.1-6', /^1\.30\.1-r\d+$/],
  ])('busybox %s keeps exactly three numbers and a revision', (debian, form) => {
    const apk = toBusyboxVersion(parseDebianVersion(debian))
    expect(apk).toMatch(form)
    expect(isValidVersion(apk)).toBe(true)
  })

  test('busybox revisions keep their order', () => {
    const order = ['1:1.35.0-3', '1:1.35.0-4~bpo1', '1:1.35.0-4', '1:1.35.0-4+b1', '1:1.35.0-4+deb12u1', '1:1.36.0-1']
    const mapped = order.map((text) => toBusyboxVersion(parseDebianVersion(text)))
    expect([...mapped].sort((a, b) => apko(a, b))).toEqual(mapped)
    expect(new Set(mapped).size).toBe(order.length)
  })
})

describe('order', () => {
  test('a realistic chain stays strictly ascending', () => {
    const chain = [
      ...['1.2.~x-1', '1.2.0~~a-1', '1.2.0~beta1-1', '1.2.0~rc1-0~deb1', '1.2.0~rc1-0', '1.2.0~rc1-1', '1.2.0~rc2-1'],
      ...['1.2.0-~1', '1.2.0-0~bpo1', '1.2.0-0', '1.2.0-0ubuntu1', '1.2.0-0+deb12u1', '1.2.0-1~bpo12+1', '1.2.0-1'],
      ...['1.2.0-1build1', '1.2.0-1ubuntu2', '1.2.0-1+b1', '1.2.0-1+b2', '1.2.0-1+deb12u1', '1.2.0-1+deb12u1+b2'],
      ...['1.2.0-1+deb12u10', '1.2.0-1.1', '1.2.0-2', '1.2.0-20240101', '1.2.0-a', '1.2.0a-1', '1.2.0a1-1'],
      ...[
        '1.2.0b-1',
        '1.2.0+dfsg-1',
        '1.2.0+dfsg1-1',
        '1.2.0+dfsg1-1+deb12u3',
        '1.2.0.0-1',
        '1.2.1-1',
        '1.2.a-1',
        '1.3-1',
      ],
    ]
    for (let i = 1; i < chain.length; i++) {
      expect([chain[i], apko(map(chain[i - 1]!), map(chain[i]!))]).toEqual([chain[i], -1])
      expect([chain[i], Math.sign(compareVersions(map(chain[i - 1]!), map(chain[i]!)))]).toEqual([chain[i], -1])
    }
  })

  test('no pair of versions is ever reversed, and equal ones stay equal', () => {
    fc.assert(
      fc.property(anyVersion, anyVersion, (a, b) => {
        const debian = Math.sign(compareDebianVersions(parseDebianVersion(a), parseDebianVersion(b)))
        const [x, y] = [map(a), map(b)]
        expect(isValidVersion(x), x).toBe(true)
        if (debian === 0) expect(x).toBe(y)
        else expect(apko(x, y) * debian, `${a} ${b}: ${x} ${y}`).toBeGreaterThanOrEqual(0)
        if (debian !== 0) expect(Math.sign(compareVersions(x, y)) * debian).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 2000 },
    )
  })

  test('versions of the usual shapes keep a strict order', () => {
    fc.assert(
      fc.property(usualVersion, usualVersion, (a, b) => {
        const debian = Math.sign(compareDebianVersions(parseDebianVersion(a), parseDebianVersion(b)))
        expect(apko(map(a), map(b)), `${a} ${b}: ${map(a)} ${map(b)}`).toBe(debian)
      }),
      { numRuns: 2000 },
    )
  })
})

describe.skipIf(!hasDpkg())('dpkg as the judge (skipped: dpkg is not installed)', () => {
  test('agrees about the order of random versions', () => {
    const pairs = fc.sample(fc.tuple(anyVersion, anyVersion), { numRuns: 300, seed: 7 })
    const judged = dpkgOrder(pairs)
    pairs.forEach(([a, b], index) => {
      expect([a, b, Math.sign(compareDebianVersions(parseDebianVersion(a), parseDebianVersion(b)))]).toEqual([
        a,
        b,
        judged[index],
      ])
      expect(apko(map(a), map(b)) * judged[index]!, `${a} ${b}`).toBeGreaterThanOrEqual(0)
    })
  })
})

describe('parseDebianVersion', () => {
  test.each(['', 'v1', '1:', ':1', '1.0-', '1 0', '1.0_1', '1.0-1_2', 'a:1'])('refuses %j', (text) => {
    expect(() => parseDebianVersion(text)).toThrow(expect.objectContaining({ code: 'DEB_VERSION_INVALID' }))
  })
})

const text = (alphabet: string, maxLength: number) => fc.string({ unit: fc.constantFrom(...alphabet), maxLength })
const anyVersion = fc
  .tuple(fc.constantFrom('0', '1', '2', '10'), text('0123.~+-aZ', 8), fc.option(text('012.~+aZ', 5)))
  .map(([head, tail, revision]) => `${head}${tail.replaceAll(/-+$/g, '')}${revision ? `-${revision}` : ''}`)
  .filter((version) => /^[^-]*$|-[^-]+$/.test(version))

const number = fc.constantFrom(0, 1, 2, 9, 10, 123)
const usualVersion = fc
  .tuple(
    fc.array(number, { minLength: 1, maxLength: 4 }).map((numbers) => numbers.join('.')),
    fc.constantFrom('', '', '', '+dfsg', '+dfsg1', '~rc1', '~rc2', 'a', 'b', '+ds'),
    fc.constantFrom('', '-0', '-1', '-2', '-14'),
    fc.constantFrom('', '', '+b1', '+deb12u1', '+deb12u10', 'ubuntu1', '.1', '~bpo12+1'),
  )
  .map(([numbers, upstream, revision, tail]) => numbers + upstream + revision + (revision === '' ? '' : tail))

function apko(a: string, b: string): number {
  return Math.sign(compareApkoVersions(parseVersion(a)!, parseVersion(b)!))
}

function hasDpkg(): boolean {
  try {
    execFileSync('dpkg', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function dpkgOrder(pairs: readonly (readonly [string, string])[]): number[] {
  const script =
    'while read -r a b; do if dpkg --compare-versions "$a" lt "$b"; then echo -1; elif dpkg --compare-versions "$a" eq "$b"; then echo 0; else echo 1; fi; done'
  const answers = execFileSync('sh', ['-c', script], {
    input: pairs.map((pair) => `${pair.join(' ')}\n`).join(''),
    encoding: 'utf8',
  })
  return answers.trim().split('\n').map(Number)
}
