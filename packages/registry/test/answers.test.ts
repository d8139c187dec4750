import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isDigestMismatch, printable, refusal } from '../src/distribution/refusal.ts'
import type { Answer } from '../src/distribution/requests.ts'
import { receivedBytes } from '../src/distribution/upload-session.ts'
import { RegistryError } from '../src/index.ts'

const place = { registry: 'reg.example', repository: 'team/app' }

function answer(text: string, headers: Readonly<Record<string, string>> = {}, status = 400): Answer {
  return { status, text, header: (name) => headers[name] }
}

const bodies = fc.oneof(
  fc.string(),
  fc.json(),
  fc.record({ errors: fc.jsonValue() }).map((value) => JSON.stringify(value)),
  fc
    .array(fc.record({ code: fc.jsonValue(), message: fc.jsonValue() }, { requiredKeys: [] }))
    .map((errors) => JSON.stringify({ errors })),
)

describe('what registries answer', () => {
  test('becomes an error whatever it is, of one printable line', () => {
    fc.assert(
      fc.property(bodies, fc.integer({ min: 300, max: 599 }), (text, status) => {
        const error = refusal(place, 'sha256:x', answer(text, {}, status))
        expect(error).toBeInstanceOf(RegistryError)
        expect(error.message).toContain(`reg.example/team/app refuses sha256:x: status ${status}`)
        expect(error.message).not.toMatch(/\p{Cc}/u)
        expect(typeof isDigestMismatch(answer(text, {}, status))).toBe('boolean')
      }),
    )
  })

  test('is printable once it was made so', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => {
        expect(printable(printable(text))).toBe(printable(text))
      }),
    )
  })

  test.each([
    ['0-99', 100],
    ['bytes=0-99', 100],
    ['0-1', 2],
    ['0-0', 0],
    ['1-99', undefined],
    ['0-', undefined],
    ['-5', undefined],
    ['0--5', undefined],
    ['', undefined],
  ])('with the range %j has that many bytes: %s', (range, expected) => {
    expect(receivedBytes(answer('', { range }))).toBe(expected)
  })

  test('of any range is a count or unknown', () => {
    fc.assert(
      fc.property(fc.string(), (range) => {
        const received = receivedBytes(answer('', { range }))
        expect(received === undefined || received >= 0).toBe(true)
      }),
    )
    expect(receivedBytes(answer(''))).toBeUndefined()
  })
})
