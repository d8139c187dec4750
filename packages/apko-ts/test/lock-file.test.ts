import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ApkoError } from '../src/error.ts'
import { formatLockFile, type LockFile } from '../src/lock/format.ts'
import { parseLockFile } from '../src/lock/parse.ts'

const segment = fc.record({ range: fc.string(), checksum: fc.string() })
const repository = fc.record({ name: fc.string(), url: fc.string(), architecture: fc.string() })
const lockFiles: fc.Arbitrary<LockFile> = fc.record({
  version: fc.string(),
  config: fc.option(fc.record({ name: fc.string(), checksum: fc.string() }), { nil: undefined }),
  keyring: fc.array(fc.record({ name: fc.string(), url: fc.string(), content: fc.string() })),
  buildRepositories: fc.array(repository),
  runtimeRepositories: fc.array(repository),
  repositories: fc.array(repository),
  packages: fc.array(
    fc.record({
      name: fc.string(),
      url: fc.string(),
      version: fc.string(),
      architecture: fc.string(),
      signature: segment,
      control: segment,
      data: segment,
      checksum: fc.string(),
    }),
  ),
})

describe('a lock file', () => {
  test('reads back as it was written', () => {
    fc.assert(
      fc.property(lockFiles, (lock) => {
        expect(parseLockFile(formatLockFile(lock), 'lock.json')).toEqual(lock)
      }),
    )
  })

  test.each(['', '[]', '{"contents":[]}', '{"contents":{"packages":{}}}', '{"contents":{"packages":[{"name":1}]}}'])(
    'is refused with its name: %j',
    (text) => {
      expect(() => parseLockFile(text, 'lock.json')).toThrow(/lock\.json/)
    },
  )

  test('any JSON is read or refused with our error', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        try {
          parseLockFile(text, 'lock.json')
        } catch (error) {
          expect(error).toBeInstanceOf(ApkoError)
        }
      }),
    )
  })
})
