import { describe, expect, test } from 'vitest'
import { checkConsistent } from '../src/lock/unify.ts'

const chose = (arch: string, ...packages: string[]) => ({
  arch,
  packages: packages.map((text) => {
    const [build = '', ...provides] = text.split(' ')
    const [name = '', version = ''] = build.split('=')
    return { name, version, provides }
  }),
})

describe('architectures of one image', () => {
  test.each([
    ['the same versions', ['a'], [chose('x86_64', 'a=1', 'b=2'), chose('aarch64', 'a=1', 'b=3')]],
    ['a provider both chose', ['virtual'], [chose('x86_64', 'a=1 virtual'), chose('aarch64', 'a=1 virtual')]],
    [
      'a provider with a version',
      ['so:x.so.1'],
      [chose('x86_64', 'a=1 so:x.so.1=1.2'), chose('aarch64', 'a=1 so:x.so.1=1')],
    ],
    ['providers that differ', ['v'], [chose('x86_64', 'a=1 v=2'), chose('aarch64', 'b=1 v')]],
    ['an exclusion', ['a', '!b'], [chose('x86_64', 'a=1'), chose('aarch64', 'a=1')]],
    ['constraints and pins', ['a>=1@edge'], [chose('x86_64', 'a=1'), chose('aarch64', 'a=1')]],
    ['no architecture', ['a'], []],
  ])('agree with %s', (_, world, choices) => {
    expect(() => checkConsistent(world, choices)).not.toThrow()
  })

  test('disagree when a configured package has different versions, and the error says who chose what', () => {
    const choices = [chose('x86_64', 'a=2'), chose('aarch64', 'a=1'), chose('armv7', 'a=1')]
    expect(() => checkConsistent(['a'], choices)).toThrow(
      expect.objectContaining({
        code: 'LOCK_INCONSISTENT',
        message: expect.stringContaining('a'),
        notes: ['a: 1 (aarch64, armv7), 2 (x86_64)'],
      }),
    )
  })

  test('disagree when only some provide a configured name', () => {
    const choices = [chose('x86_64', 'a=1 virtual'), chose('aarch64', 'a=1')]
    expect(() => checkConsistent(['virtual'], choices)).toThrow(/consistent/)
  })
})
