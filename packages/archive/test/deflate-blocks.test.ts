import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

test('the module is what its source compiles to (npm run wasm)', () => {
  const root = resolve(import.meta.dirname, '../../..')
  const made = readFileSync(join(root, 'packages/archive/src/deflate-blocks.ts'), 'utf8')
  expect(made).toBe(execFileSync(process.execPath, [join(root, 'scripts/wasm.mjs'), '--print'], { encoding: 'utf8' }))
}, 60_000)
