import { readFileSync, realpathSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dynamicNames, goBuildSettings, interpreter, parseElf } from '../../src/elf/index.ts'
import { bytesAccess } from '../../src/tree/index.ts'
import { elfImage } from './elf-image.ts'

function describeElf(bytes: Uint8Array) {
  const file = bytesAccess(bytes)
  const elf = parseElf(file)
  if (elf === undefined) return undefined
  const settings = goBuildSettings(file, elf)
  return { ...dynamicNames(file, elf), interpreter: interpreter(file, elf), machine: elf.machine, settings }
}

const FULL = {
  interpreter: '/lib64/ld-linux-x86-64.so.2',
  sonames: ['libfoo.so.1'],
  needed: ['libc.so.6', 'libm.so.6'],
}

describe('an ELF file', () => {
  test('tells its names', () => {
    expect(describeElf(elfImage({ ...FULL, machine: 183 }))).toEqual({
      sonames: ['libfoo.so.1'],
      needed: ['libc.so.6', 'libm.so.6'],
      interpreter: '/lib64/ld-linux-x86-64.so.2',
      machine: 183,
      settings: undefined,
    })
  })

  test('without a dynamic section has no names', () => {
    expect(describeElf(elfImage())).toMatchObject({ sonames: [], needed: [], interpreter: undefined })
  })

  test.each([
    ['nothing', new Uint8Array()],
    ['text', new TextEncoder().encode('#!/bin/sh\n')],
    ['a bare magic', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46)],
    ['an unknown class', withByte(elfImage(), 4, 7)],
    ['an unknown byte order', withByte(elfImage(), 5, 9)],
    ['sections behind the end', elfImage().subarray(0, 80)],
  ])('is not %s', (_, bytes) => expect(describeElf(bytes)).toBeUndefined())
})

function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const changed = bytes.slice()
  changed[at] = value
  return changed
}

describe('any damage', () => {
  test('of single bytes never makes it read outside the file or throw', () => {
    const image = elfImage({ ...FULL, sections: { '.go.buildinfo': goBuildInfo('build\tCGO_ENABLED=1\n') } })
    const change = fc.record({ at: fc.nat(image.length - 1), value: fc.nat(255) })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const damaged = changes.reduce((bytes, { at, value }) => withByte(bytes, at, value), image)
        expect(() => describeElf(damaged)).not.toThrow()
      }),
      { numRuns: 2000 },
    )
  })

  test('by truncation never throws', () => {
    const image = elfImage(FULL)
    for (let size = 0; size < image.length; size += 3) expect(() => describeElf(image.subarray(0, size))).not.toThrow()
  })

  test('of a real program never makes it throw, wherever it is', () => {
    const real = new Uint8Array(readFileSync(realpathSync('/bin/sh')))
    expect(describeElf(real)?.needed).toBeDefined()
    // Headers lie at both ends.
    const place = fc.oneof(
      fc.nat(2047),
      fc.integer({ min: real.length - 4096, max: real.length - 1 }),
      fc.nat(real.length - 1),
    )
    const change = fc.record({ at: place, value: fc.oneof(fc.constantFrom(0, 0xff, 0x7f, 0x80), fc.nat(255)) })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 24 }), fc.nat(real.length), (changes, size) => {
        const damaged = real.slice(0, size < 64 ? size : real.length)
        for (const { at, value } of changes) if (at < damaged.length) damaged[at] = value
        expect(() => describeElf(damaged)).not.toThrow()
      }),
      { numRuns: 500 },
    )
  })

  test('is not needed: any bytes are a value or nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(() => describeElf(bytes)).not.toThrow()
      }),
    )
  })

  test('of random bytes behind a magic never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (rest) => {
        const bytes = Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, ...rest)
        expect(() => describeElf(bytes)).not.toThrow()
      }),
    )
  })
})

describe('build settings of Go programs', () => {
  test('are read from the section with texts inline', () => {
    const content = goBuildInfo('path\texample\nbuild\tCGO_ENABLED=1\nbuild\tGOEXPERIMENT=boringcrypto\n')
    const settings = describeElf(elfImage({ sections: { '.go.buildinfo': content } }))!.settings
    expect(Object.fromEntries(settings!)).toEqual({ CGO_ENABLED: '1', GOEXPERIMENT: 'boringcrypto' })
  })

  test('may be quoted', () => {
    const content = goBuildInfo('build\t"A=B"="c d"\n')
    expect(Object.fromEntries(describeElf(elfImage({ sections: { '.go.buildinfo': content } }))!.settings!)).toEqual({
      'A=B': 'c d',
    })
  })

  test('are absent without the section', () => {
    expect(describeElf(elfImage(FULL))!.settings).toBeUndefined()
  })
})

function goBuildInfo(module: string): Uint8Array {
  const mark = 'x'.repeat(16)
  const text = (value: string): number[] => [...varint(value.length), ...new TextEncoder().encode(value)]
  const magic = [0xff, ...new TextEncoder().encode(' Go buildinf:'), 8, 2]
  return Uint8Array.from([...magic, ...new Array<number>(16).fill(0), ...text('go1.22'), ...text(mark + module + mark)])
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]
}
