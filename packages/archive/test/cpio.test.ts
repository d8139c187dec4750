import { utf8Decode } from '@apkts/encoding'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CPIO_END, CPIO_TYPE, type CpioMember, cpioHeader, cpioPadding } from '../src/index.ts'

interface Read extends CpioMember {
  readonly bytes: Uint8Array
}

/** Members of an archive as the kernel reads them (init/initramfs.c): fields of 8 hexadecimal digits, names and contents on multiples of 4. */
function readCpio(archive: Uint8Array): Read[] {
  const members: Read[] = []
  let at = 0
  for (;;) {
    expect(at % 4).toBe(0)
    const header = utf8Decode(archive.subarray(at, at + 110))
    expect(header.slice(0, 6)).toBe('070701')
    const fields = [...header.slice(6).matchAll(/.{8}/g)].map(([digits]) => Number.parseInt(digits, 16))
    const [, mode = 0, , , , , size = 0, , , major = 0, minor = 0, nameSize = 0] = fields
    const name = utf8Decode(archive.subarray(at + 110, at + 109 + nameSize))
    expect(archive[at + 109 + nameSize]).toBe(0)
    const start = aligned(at + 110 + nameSize)
    if (name === 'TRAILER!!!') {
      expect(start).toBe(archive.length)
      return members
    }
    members.push({ name, mode, size, major, minor, bytes: archive.slice(start, start + size) })
    at = aligned(start + size)
  }
}

function aligned(at: number): number {
  return Math.ceil(at / 4) * 4
}

const member = fc.record({
  name: fc.stringMatching(/^[a-z0-9äß.\-_/ ]{1,40}$/).filter((name) => name !== 'TRAILER!!!'),
  mode: fc
    .tuple(fc.constantFrom(...Object.values(CPIO_TYPE)), fc.integer({ min: 0, max: 0o7777 }))
    .map(([type, bits]) => type | bits),
  bytes: fc.uint8Array({ maxLength: 50 }),
  major: fc.nat(0xfff),
  minor: fc.nat(0xfffff),
})

describe('cpio', () => {
  test('what is written is read again', () => {
    fc.assert(
      fc.property(fc.array(member, { maxLength: 8 }), (members) => {
        const written = members.flatMap(({ bytes, ...rest }) => [
          cpioHeader({ ...rest, size: bytes.length }),
          bytes,
          cpioPadding(bytes.length),
        ])
        const archive = new Uint8Array(Buffer.concat([...written, CPIO_END]))
        expect(readCpio(archive)).toEqual(members.map((one) => ({ ...one, size: one.bytes.length })))
      }),
    )
  })

  test('a header as cpio(5) draws it', () => {
    const header = utf8Decode(cpioHeader({ name: 'a', mode: CPIO_TYPE.file | 0o644, size: 5 }))
    const fields = ['0', '81A4', '0', '0', '0', '0', '5', '0', '0', '0', '0', '2', '0']
    expect(header).toBe(`070701${fields.map((field) => field.padStart(8, '0')).join('')}a\0`)
  })
})
