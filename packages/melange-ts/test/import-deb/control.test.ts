import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseControl, parseRelations } from '../../src/import-deb/control.ts'
import { parseDeb822 } from '../../src/import-deb/deb822.ts'
import { ImportError } from '../../src/import-deb/error.ts'
import { vendorOf } from '../../src/import-deb/sbom.ts'

const CONTROL = `Package: gcc-12
Source: gcc-12 (12.2.0-14)
Version: 12.2.0-14+deb12u1
Architecture: amd64
Maintainer: Somebody <somebody@example.com>
Depends: cpp-12 (= 12.2.0-14+deb12u1), libc6 (>= 2.36) | libc6.1,
 binutils:any (>> 2.35)
Pre-Depends: base-files
Provides: c-compiler, gcc-abi (= 12)
Replaces: gcc-11 (<< 12)
Description: GNU C compiler
 The long text.
 .
 More of it.
Homepage: http://gcc.gnu.org/
`

describe('parseControl', () => {
  const control = parseControl(CONTROL, 'control')

  test('reads the fields an import needs', () => {
    expect(control).toMatchObject({
      name: 'gcc-12',
      source: 'gcc-12',
      versionText: '12.2.0-14+deb12u1',
      architecture: 'amd64',
      summary: 'GNU C compiler',
      homepage: 'http://gcc.gnu.org/',
    })
  })

  test.each([
    ['Source: gcc-12 (12.2.0-14)', { source: 'gcc-12', sourceVersion: '12.2.0-14' }],
    ['Source: gcc-defaults', { source: 'gcc-defaults', sourceVersion: '12.2.0-14+deb12u1' }],
    ['Section: devel', { source: 'gcc-12', sourceVersion: '12.2.0-14+deb12u1' }],
  ])('%s', (line, source) => {
    const text = CONTROL.replace('Source: gcc-12 (12.2.0-14)', line)
    expect(parseControl(text, 'control')).toMatchObject(source)
  })

  test.each([
    ['Debian GCC Maintainers <debian-gcc@lists.debian.org>', 'debian'],
    ['Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>', 'ubuntu'],
    ['Ubuntu Core <core@ubuntu.com>', 'ubuntu'],
    ['', 'debian'],
  ])('%j builds for %s', (maintainer, vendor) => {
    expect(vendorOf({ ...control, maintainer })).toBe(vendor)
  })

  test('keeps alternatives in order, pre-dependencies first, and drops architecture qualifiers', () => {
    expect(control.depends.map((entry) => entry.map(({ name, operator }) => `${name}${operator ?? ''}`))).toEqual([
      ['base-files'],
      ['cpp-12='],
      ['libc6>=', 'libc6.1'],
      ['binutils>>'],
    ])
  })

  test('reads provides and replaces', () => {
    expect(control.provides.map(({ name }) => name)).toEqual(['c-compiler', 'gcc-abi'])
    expect(control.replaces.map(({ name }) => name)).toEqual(['gcc-11'])
  })

  test.each([
    ['', 'control paragraph'],
    ['Package: a\nArchitecture: all\n', '"version"'],
    ['Package: A B\nVersion: 1\nArchitecture: all\n', 'package name'],
    ['Package: a\nVersion: one\nArchitecture: all\n', 'Debian version'],
    ['Package: a\nVersion: 1\nArchitecture: all\nDepends: b (~ 1)\n', 'package relation'],
  ])('says what is missing in %j', (text, part) => {
    expect(() => parseControl(text, 'control')).toThrow(part)
  })
})

describe('parseDeb822', () => {
  test('separates paragraphs by empty lines and skips comments', () => {
    const paragraphs = parseDeb822('# top\nA: 1\n\n\nB: 2\n# inside\nC: 3\n', 'f')
    expect(paragraphs.map((fields) => [...fields])).toEqual([
      [['a', '1']],
      [
        ['b', '2'],
        ['c', '3'],
      ],
    ])
  })

  test.each([
    [' x\n', 1],
    ['A: 1\nA: 2\n', 2],
    ['A: 1\nno field here\n', 2],
  ])('names the line of a mistake in %j', (text, line) => {
    expect(() => parseDeb822(text, 'f')).toThrow(expect.objectContaining({ at: { file: 'f', line } }))
  })

  test('any text parses or is refused with an error of ours', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('A', ':', ' ', '\n', '#', '\t', 'é', '\r') }), (text) => {
        try {
          parseDeb822(text, 'f')
        } catch (error) {
          expect(error).toBeInstanceOf(ImportError)
        }
      }),
    )
  })

  test('fields survive being written and read', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z-]{0,8}$/)
    const value = fc.stringMatching(/^[!-~]([ -~]{0,10}[!-~])?$/)
    const fields = fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key.toLowerCase(), minLength: 1 })
    fc.assert(
      fc.property(fields, (pairs) => {
        const text = pairs.map(([key, content]) => `${key}: ${content}\n`).join('')
        expect([...parseDeb822(text, 'f')[0]!]).toEqual(pairs.map(([key, content]) => [key.toLowerCase(), content]))
      }),
    )
  })
})

test('obsolete single signs mean or-equal', () => {
  expect(
    parseRelations('a (< 1), b (> 1)', 'f')
      .flat()
      .map(({ operator }) => operator),
  ).toEqual(['<=', '>='])
})
