import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ALIASES, NEEDLESS_DEPENDENCIES } from '../../src/import-deb/aliases.ts'
import { ALTERNATIVES } from '../../src/import-deb/alternatives.ts'

const text = readFileSync(new URL('../../../../docs/import-deb.md', import.meta.url), 'utf8')
const rows = text.split('\n').filter((line) => line.startsWith('|'))
const isDocumented = (...words: readonly string[]): boolean =>
  rows.some((row) => words.every((word) => row.includes(word)))

test.each(ALIASES.map((alias) => [alias.name, alias] as const))('the alias %s is documented', (name, alias) => {
  expect(alias.kind === 'meta' ? isDocumented(name, alias.packages.join(' ')) : isDocumented(name)).toBe(true)
})

test.each(ALTERNATIVES.map(({ link, package: name }) => [link, name]))(
  'the link %s of %s is documented',
  (link, name) => {
    expect(isDocumented(link.split('/').at(-1)!, name)).toBe(true)
  },
)

test.each(Object.entries(NEEDLESS_DEPENDENCIES))('what %s does not need is documented', (name, dependencies) => {
  expect(isDocumented(name, dependencies.join(', '))).toBe(true)
})
