import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownerText } from '@apkts/cache'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openOutputPipes } from '../src/output-pipes.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'output-pipes-test-'))
  vi.stubEnv('TMPDIR', directory)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(directory, { recursive: true })
})

test('pipes leave nothing in the directory for temporary files, and take away what a killed process left there', () => {
  const gone = ownerText().replace(/^\d+/, `${spawnSync(process.execPath, ['-e', '']).pid}`)
  mkdirSync(join(directory, `apkts-pipes.tmp-${gone}-0123456789ab`))
  const pipes = openOutputPipes()
  pipes?.closeWriters()
  for (const reader of pipes?.readers ?? []) reader.destroy()
  expect(readdirSync(directory)).toEqual([])
})
