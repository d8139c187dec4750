import { describe, expect, test } from 'vitest'
import { NETWORK_ANNOTATION, networkPolicy, reachesNetwork } from '../../src/closed/network.ts'

function reaches(flags: readonly string[], own?: string): string {
  const annotations = own === undefined ? {} : { [NETWORK_ANNOTATION]: own }
  const policy = networkPolicy(flags)
  const subject = { name: 'curl', annotations }
  return (['build', 'test'] as const).filter((purpose) => reachesNetwork(subject, purpose, policy)).join('+')
}

describe('who reaches the network', () => {
  test.each<[string[], string | undefined, string]>([
    [[], undefined, 'build+test'],
    [['full'], undefined, 'build+test'],
    [['build'], undefined, 'build'],
    [['none'], undefined, ''],
    [[], 'none', ''],
    [[], 'build', 'build'],
    [['full'], 'none', ''],
    [['none'], 'full', ''],
    [['build'], 'none', ''],
    [['none', 'curl=full'], undefined, 'build+test'],
    [['none', 'curl=build'], 'none', 'build'],
    [['none', 'other=full'], undefined, ''],
    [['curl=none'], undefined, ''],
  ])('--network %j, the recipe says %s: %s', (flags, own, expected) => expect(reaches(flags, own)).toBe(expected))

  test.each([
    [['some'], undefined],
    [['curl=all'], undefined],
    [[], 'off'],
  ])('%j and %s are refused', (flags, own) => {
    expect(() => reaches(flags, own)).toThrow(/expected none, build, full in/)
  })
})
