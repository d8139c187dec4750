import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { JsonValue } from '@apkts/encoding'
import { utf8 } from '@apkts/encoding'
import { describe, expect, test } from 'vitest'
import { humaniseBytes } from '../../src/lint/humanise.ts'
import { DEFAULT_REQUIRED, DEFAULT_WARNING, LINTERS } from '../../src/lint/index.ts'
import { packageTree, type TreeEntry, treeEntry } from '../../src/tree/index.ts'
import { elfImage } from '../elf/elf-image.ts'

interface RecordedLinter {
  readonly name: string
  readonly default: 'require' | 'warn' | 'off'
  readonly message: { readonly one: string; readonly many: string }
  readonly details: JsonValue
  readonly explain: string
}

interface Recorded {
  readonly defaults: { readonly require: string[]; readonly warn: string[]; readonly off: string[] }
  readonly humanised_bytes: { readonly examples: Readonly<Record<string, string>> }
  readonly linters: readonly RecordedLinter[]
}

const NOTHING: Recorded = {
  defaults: { require: [], warn: [], off: [] },
  humanised_bytes: { examples: {} },
  linters: [],
}

const path = `${process.env.CONFORMANCE_DATA ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url))}/melange-linters.json`
const recorded: Recorded | undefined = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
const skipNote = recorded === undefined ? ' (skipped: conformance data not present)' : ''

const PYTHON = 'usr/lib/python3.12/site-packages'
const BIG = 'x'.repeat(2000)

const file = (name: string, fields: Partial<TreeEntry> = {}): TreeEntry =>
  treeEntry({ path: name, type: 'file', ...fields })
const bytes = (content: Uint8Array) => ({ mode: 0o755, content: { kind: 'bytes', bytes: content } }) as const
const directory = (name: string): TreeEntry => treeEntry({ path: name, type: 'directory' })

/** What makes each linter speak: one finding, and the further ones of a second case. */
const CAUSES: Readonly<Record<string, readonly [readonly TreeEntry[], readonly TreeEntry[]]>> = {
  binaryarch: [
    [file('usr/bin/a', bytes(elfImage({ machine: 8 })))],
    [file('usr/bin/b', bytes(elfImage({ machine: 3 })))],
  ],
  cudaruntimelib: [[file('usr/lib/libcuda.so')], [file('usr/lib/libnvidia-ml.so.1')]],
  dev: [[file('dev/a')], [file('dev/b')]],
  dll: [[file('a.dll')], [file('b.dll')]],
  documentation: [[file('README')], [file('x.md')]],
  duplicate: [[file('a/f', bytes(utf8(BIG))), file('b/f', bytes(utf8(BIG)))], []],
  dylib: [[file('a.dylib')], [file('b.dylib')]],
  empty: [[], []],
  infodir: [[file('usr/share/info/dir/x')], [file('usr/share/info/dir/y')]],
  lddcheck: [[file('usr/lib/a.so')], [file('usr/lib/b.so.1')]],
  'libtool/la-files': [[file('usr/lib/a.la')], [file('usr/lib/b.la')]],
  maninfo: [[file('usr/share/man/man1/a.1')], [file('usr/share/info/a.info')]],
  nonlinux: [[file('usr/share/darwin/a')], [file('usr/share/win32')]],
  object: [[file('a.o')], [file('b.o')]],
  opt: [[file('opt/a')], [file('opt/b')]],
  pkgconf: [[file('usr/lib/pkgconfig/a.pc')], [file('usr/share/pkgconfig/b.pc')]],
  'python/docs': [[directory('usr/lib/python3.12'), directory(`${PYTHON}/docs`)], []],
  'python/multiple': [[directory('usr/lib/python3.12'), directory(`${PYTHON}/one`), directory(`${PYTHON}/two`)], []],
  'python/test': [[directory('usr/lib/python3.12'), directory(`${PYTHON}/tests`)], []],
  sbom: [[file('var/lib/db/sbom/a')], [file('var/lib/db/sbom/b.json')]],
  setuidgid: [[file('a', { mode: 0o4755 })], [file('b', { mode: 0o2755 })]],
  srv: [[file('srv/a')], [file('srv/b')]],
  staticarchive: [[file('a.a')], [file('b.a')]],
  strip: [
    [file('usr/bin/a', bytes(elfImage({ sections: { '.debug': utf8('x') } })))],
    [file('usr/bin/b', bytes(elfImage({ sections: { '.zdebug': utf8('x') } })))],
  ],
  tempdir: [[file('tmp/a')], [file('var/run/b')]],
  unsupportedarch: [[file('usr/share/a-i386')], [file('usr/lib/riscv64/b')]],
  usrlocal: [[file('usr/local/a')], [file('usr/local/b')]],
  usrmerge: [[file('bin/a')], [file('lib64/b')]],
  varempty: [[file('var/empty/a')], [file('var/empty/b')]],
  worldwrite: [[file('a', { mode: 0o666 })], [file('b', { mode: 0o777 })]],
}

describe.skipIf(recorded === undefined)(`the linters of the original${skipNote}`, () => {
  const { defaults, linters, humanised_bytes: sizes } = recorded ?? NOTHING

  test('have the same defaults', () => {
    expect(DEFAULT_REQUIRED).toEqual(defaults.require)
    expect(DEFAULT_WARNING).toEqual(defaults.warn)
    expect(linters.map(({ name }) => name).filter((name) => !LINTERS.has(name) || CAUSES[name] === undefined)).toEqual(
      [],
    )
    const off = [...LINTERS.keys()].filter((name) => ![...DEFAULT_REQUIRED, ...DEFAULT_WARNING].includes(name))
    expect(off.filter((name) => name !== 'unstripped').sort()).toEqual(defaults.off)
    const lists = { require: defaults.require, warn: defaults.warn, off: defaults.off }
    expect(linters.filter(({ name, default: state }) => !lists[state].includes(name))).toEqual([])
  })

  test.each(linters)('$name: one finding, and several', ({ name, message, details, explain }) => {
    const linter = LINTERS.get(name)!
    expect(linter.explain).toBe(explain)
    const [one, more] = CAUSES[name]!
    for (const [template, entries] of [
      [message.one, one],
      [message.many, [...one, ...more]],
    ] as const) {
      const finding = linter.check({ name: 'pkg', tree: packageTree(entries), testUses: [] })!
      expect(finding.message).toMatch(templatePattern(template, name.startsWith('python/') ? 2 : entries.length))
      expect(shapeOf(finding.details ?? null)).toEqual(shapeOf(details))
    }
  })

  test.each(linters)('$name has nothing to say of an ordinary package', ({ name }) => {
    const entries = [directory('usr'), file('usr/bin/tool', bytes(utf8('#!/bin/sh\n'))), file('usr/share/tool/data')]
    expect(LINTERS.get(name)!.check({ name: 'pkg', tree: packageTree(entries), testUses: [] })).toBeUndefined()
  })

  test('sizes are humanised alike', () => {
    for (const [size, text] of Object.entries(sizes.examples)) expect(humaniseBytes(Number(size))).toBe(text)
  })
})

function templatePattern(template: string, count: number): RegExp {
  const escaped = template.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&')
  return new RegExp(
    `^${escaped
      .replaceAll('{pkg}', 'pkg')
      .replaceAll('{n}', String(count))
      .replaceAll(/\{[^}]*\}/g, '.+')}$`,
  )
}

/** Keys and kinds of a value, of lists those of their first element. */
function shapeOf(value: JsonValue | undefined): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shapeOf(part as JsonValue)]))
  return typeof value
}
