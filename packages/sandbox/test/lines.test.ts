import { utf8 } from '@apkts/encoding'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLineSplitter, MAX_LINE } from '../src/index.ts'

function split(...chunks: string[]): string[] {
  const lines: string[] = []
  const splitter = createLineSplitter((line) => lines.push(line))
  for (const chunk of chunks) splitter.push(utf8(chunk))
  splitter.end()
  return lines
}

describe('cutting output into lines', () => {
  test.each([
    ['lines over chunk borders', ['a', 'b\nc', '\n'], ['ab', 'c']],
    ['a last line without newline', ['a\nb'], ['a', 'b']],
    ['empty lines', ['\n\n'], ['', '']],
    ['carriage returns at the end', ['a\r\nb\rc\n'], ['a', 'b\rc']],
    ['nothing', [], []],
  ])('keeps %s', (_, chunks, expected) => expect(split(...chunks)).toEqual(expected))

  test('hands on an endless line in pieces', () => {
    expect(split('x'.repeat(MAX_LINE + 5)).map((line) => line.length)).toEqual([MAX_LINE, 5])
  })

  test('the cut of the chunks never matters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 7 }), (text, size) => {
        const bytes = utf8(text)
        const lines: string[] = []
        const splitter = createLineSplitter((line) => lines.push(line))
        for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size))
        splitter.end()
        expect(lines).toEqual(split(text))
      }),
    )
  })
})
