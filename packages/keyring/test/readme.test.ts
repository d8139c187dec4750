import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as keyring from '../src/index.ts'

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
const blocks = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1])

test('every function has an example', () => {
  const functions = Object.keys(keyring)
  expect(functions.filter((name) => !blocks.some((block) => new RegExp(`\\b${name}\\b`).test(block ?? '')))).toEqual([])
})
