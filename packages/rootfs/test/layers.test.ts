import { describe, expect, test } from 'vitest'
import { planRootfsLayers } from '../src/index.ts'
import { compose, dir, file, type PackageSpec } from './support/make.ts'

const layering = (budget: number, strategy = 'origin') => ({ layering: { strategy, budget } })

function pkg(name: string, size: number, rest: Partial<PackageSpec> = {}): PackageSpec {
  const info = [`size = ${size}`, ...(rest.info ?? [])]
  return { name, entries: [dir('opt'), dir(`opt/${name}`), file(`opt/${name}/f`, name)], ...rest, info }
}

const three = [pkg('small', 1), pkg('large', 100), pkg('middle', 10)]

describe('layers of a root filesystem', () => {
  test.each([
    ['none configured', {}, [['small', 'large', 'middle']]],
    ['empty layering', layering(0, ''), [['small', 'large', 'middle']]],
    ['budget for all', layering(9), [['large'], ['middle'], ['small'], []]],
    ['budget 2', layering(2), [['large'], ['middle', 'small'], []]],
    ['budget 1', layering(1), [['large', 'middle', 'small'], []]],
    ['budget 0', layering(0), [['large', 'middle', 'small'], []]],
  ])('%s', async (_, config, expected) => {
    const plans = planRootfsLayers(await compose(three, config))
    expect(plans.map(({ packages }) => packages)).toEqual(expected)
  })

  test.each([
    ['replaces = old', true],
    ['replaces = old<2', true],
    ['replaces = old<1', false],
    ['replaces = none', false],
  ])('with «%s» packages share a layer: %s', async (replaces, shared) => {
    const packages = [pkg('old', 5, { version: '1-r0' }), pkg('new', 1, { info: [replaces] })]
    const plans = planRootfsLayers(await compose(packages, layering(9)))
    expect(plans.length).toBe(shared ? 2 : 3)
  })

  test('each file is in one layer; a group has its files, its directories and its part of the database', async () => {
    const [large] = planRootfsLayers(await compose(three, layering(9)))
    expect(large!.entries.map(({ header }) => header.path)).toEqual([
      'opt',
      'opt/large',
      'opt/large/f',
      'usr',
      'usr/lib',
      'usr/lib/apk',
      'usr/lib/apk/db',
      'usr/lib/apk/db/installed',
    ])
    const database = large!.entries.at(-1)!
    const text = Buffer.from((database.content as { bytes: Uint8Array }).bytes).toString()
    expect(text.match(/^P:.*$/gm)).toEqual(['P:large'])
    expect(database.header.size).toBe(text.length)
  })

  test.each([
    [layering(1, 'size'), 'LAYERING_STRATEGY_UNKNOWN', /"size"/],
    [layering(1, ''), 'LAYERING_STRATEGY_UNKNOWN', /no strategy/],
    [layering(-1), 'LAYERING_BUDGET_INVALID', /-1/],
  ])('%o is refused', async (config, code, message) => {
    const rootfs = await compose(three, config)
    expect(() => planRootfsLayers(rootfs)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    )
  })
})
