import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import * as keyring from '../src/index.ts'

const ROOT = resolve(import.meta.dirname, '..')
const readme = await readFile(join(ROOT, 'README.md'), 'utf8')
const blocks = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1])

test('the examples of the README run as one program', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'readme-test-'))
  try {
    const program = join(directory, 'program.mjs')
    await build({
      stdin: {
        contents: ["import assert from 'node:assert/strict'", ...blocks].join('\n'),
        resolveDir: ROOT,
        loader: 'ts',
      },
      outfile: program,
      bundle: true,
      format: 'esm',
      platform: 'node',
      conditions: ['apkts-source'],
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      logLevel: 'silent',
    })
    await promisify(execFile)(process.execPath, [program], { cwd: directory })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})

test('every function has an example', () => {
  const functions = Object.keys(keyring)
  expect(functions.filter((name) => !blocks.some((block) => new RegExp(`\\b${name}\\b`).test(block ?? '')))).toEqual([])
})
