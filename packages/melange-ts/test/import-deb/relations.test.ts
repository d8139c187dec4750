import { describe, expect, test } from 'vitest'
import { availablePackages, chooseDependencies, closure, dependencyText } from '../../src/import-deb/choose.ts'
import { type DebControl, parseControl } from '../../src/import-deb/control.ts'
import type { PackageFacts } from '../../src/import-deb/facts.ts'
import { repositoryRelations } from '../../src/import-deb/relations.ts'

const deb = (name: string, fields = '', version = '1.0-1'): DebControl =>
  parseControl(`Package: ${name}\nVersion: ${version}\nArchitecture: all\n${fields}`, name)

const chosen = (depends: string, ...others: DebControl[]): string[] => {
  const control = deb('demo', `Depends: ${depends}\n`)
  return chooseDependencies(control, availablePackages([control, ...others])).map((one) => dependencyText(one))
}

describe('the first available alternative', () => {
  test.each([
    ['a | b', [deb('a'), deb('b')], ['a']],
    ['a | b', [deb('b')], ['b']],
    ['a (>= 2) | b', [deb('a'), deb('b')], ['b']],
    ['mail | b', [deb('postbox', 'Provides: mail\n'), deb('b')], ['mail']],
    ['mail (>= 1) | b', [deb('postbox', 'Provides: mail\n'), deb('b')], ['b']],
    ['mail (>= 1) | b', [deb('postbox', 'Provides: mail (= 2)\n'), deb('b')], ['mail']],
    ['a | b', [], ['a']],
  ])('%s', (depends, others, expected) => {
    expect(chosen(depends, ...others)).toEqual(expected)
  })
})

describe('versions of dependencies', () => {
  test.each([
    ['a (>= 0.5)', 'a>=0.5-r0'],
    ['a (= 1.0-1)', 'a=1.0_p1-r0'],
    ['a (<< 2)', 'a<2-r0'],
    ['a (>> 0.5-2)', 'a>0.5_p2-r0'],
  ])('%s is %s', (depends, expected) => {
    expect(chosen(depends, deb('a'))).toEqual([expected])
  })

  test('one of another epoch is left out, because apk would not find it satisfied', () => {
    expect(chosen('a (>= 7)', deb('a', '', '1:1.0-1'))).toEqual(['a'])
  })
})

test('the closure follows providers and tells what nobody satisfies', () => {
  const available = availablePackages([
    deb('root', 'Depends: awk, gone\n'),
    deb('gawk', 'Provides: awk\nDepends: lib\n'),
    deb('lib'),
    deb('unneeded'),
  ])
  const { packages, unmet } = closure(['root'], available)
  expect(packages.map(({ name }) => name)).toEqual(['gawk', 'lib', 'root'])
  expect(unmet.map(({ relation }) => relation.name)).toEqual(['gone'])
})

describe('repositoryRelations', () => {
  const facts = (generated: Partial<PackageFacts['generated']>, moved = false): PackageFacts => ({
    generated: { runtime: [], provides: [], vendored: [], ...generated },
    moved,
    skipped: [],
    licence: 'MIT',
    installedSize: 0,
    dataHash: '',
  })

  test('generated needs count only when the repository meets them, and the layout is a dependency', () => {
    const relations = repositoryRelations(
      [
        { control: deb('lib'), facts: facts({ provides: ['so:liba.so.1=1'] }) },
        { control: deb('tool'), facts: facts({ runtime: ['so:liba.so.1', 'cmd:ruby'] }, true) },
      ],
      false,
    )
    expect(relations.get('tool')?.dependencies).toEqual(['merged-usr', 'so:liba.so.1'])
  })

  test('a provide of a real package, of the own name or twice is dropped', () => {
    const relations = repositoryRelations(
      [
        { control: deb('a', 'Provides: a, b, virtual, virtual\n'), facts: facts({ provides: ['cmd:x=1'] }) },
        { control: deb('b'), facts: facts({ provides: ['cmd:x=1'] }) },
      ],
      false,
    )
    expect(relations.get('a')?.provides).toEqual(['cmd:x=1', 'virtual'])
    expect(relations.get('b')?.provides).toEqual([])
  })

  test('aliases are provided, and the better alternative replaces the other', () => {
    const relations = repositoryRelations(
      ['busybox-static', 'gawk', 'mawk'].map((name) => ({ control: deb(name), facts: facts({}) })),
      false,
    )
    expect(relations.get('busybox-static')?.provides).toEqual(['busybox'])
    expect(relations.get('gawk')?.replaces).toEqual(['mawk', 'original-awk'])
    expect(relations.get('mawk')?.replaces).toEqual(['original-awk'])
  })
})
