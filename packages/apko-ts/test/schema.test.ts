import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { imageConfigSchema } from '@apkts/config'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from './support/run.ts'

const ROOT = join(import.meta.dirname, '../../..')

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'apko-schema-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

test('schema prints the JSON Schema, or writes it', async () => {
  const { printed } = await runCommand(['schema'])
  expect(printed).toBe(imageConfigSchema())
  const file = join(directory, 'image.schema.json')
  expect((await runCommand(['schema', '-o', file])).printed).toBe('')
  expect(await readFile(file, 'utf8')).toBe(printed)
})

// When this fails: npm run build, then node packages/apko-ts/bin/apko-ts.js schema -o packages/apko-ts/schema/image.schema.json
test('the schema that is shipped is the one the command prints', async () => {
  expect(await readFile(join(ROOT, 'packages/apko-ts/schema/image.schema.json'), 'utf8')).toBe(imageConfigSchema())
})

test.each(['examples/alpine-base.yaml', 'examples/greeter/image.yaml'])('%s names the schema', async (path) => {
  const [first = ''] = (await readFile(join(ROOT, path), 'utf8')).split('\n')
  const [, reference = ''] = /^# yaml-language-server: \$schema=(\S+)$/.exec(first) ?? []
  expect(JSON.parse(await readFile(join(ROOT, path, '..', reference), 'utf8'))).toMatchObject({
    title: 'image configuration',
  })
})
