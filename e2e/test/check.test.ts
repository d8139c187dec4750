import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ours, temporaryDirectory } from '../src/commands.ts'

const RECIPE = 'package: {name: a, version: "1", epoch: 0}\npipeline: [{runs: "true"}]\n'

test('many recipes are checked by threads: every finding, in the order of the files', async () => {
  const cwd = await temporaryDirectory()
  await mkdir(join(cwd, 'os'))
  const names = Array.from({ length: 100 }, (_, at) => `r${String(at).padStart(3, '0')}.yaml`)
  for (const [at, name] of names.entries()) {
    await writeFile(join(cwd, 'os', name), at % 30 === 7 ? `${RECIPE}bogus: ${at}\n` : RECIPE)
  }
  const { exitCode, stdout, stderr } = await ours('melange-ts', ['check', 'os', 'gone.yaml', '--format', 'json'], {
    cwd,
  })
  const { errors, files } = JSON.parse(stdout)
  expect(stderr).toBe('')
  expect({ exitCode, errors }).toEqual({ exitCode: 1, errors: 5 })
  expect(files.map(({ file }: { file: string }) => file)).toEqual([
    ...names.map((name) => join('os', name)),
    'gone.yaml',
  ])
  const wrong = files.filter(({ findings }: { findings: unknown[] }) => findings.length > 0)
  expect(wrong.map((file: { findings: { code: string }[] }) => file.findings[0]!.code)).toEqual([
    ...Array.from({ length: 4 }, () => 'UNKNOWN_KEY'),
    'RECIPE_NOT_FOUND',
  ])
})

test.each([
  [['good.yaml'], 0, '1 recipe: nothing wrong\n'],
  [['odd.yaml'], 0, '1 recipe: 1 warning\n'],
  [['odd.yaml', '--strict'], 1, '1 recipe: 1 warning\n'],
  [['bad.yaml'], 1, '1 recipe: 1 error\n'],
  [['bad.yaml', '--format', 'github'], 1, '::error file=bad.yaml,line=3,col=1,title=UNKNOWN_KEY::'],
])('check %j ends with %i', async (args, status, words) => {
  const cwd = await temporaryDirectory()
  await writeFile(join(cwd, 'good.yaml'), RECIPE)
  await writeFile(join(cwd, 'odd.yaml'), `${RECIPE}vars: {x: 1}\n`)
  await writeFile(join(cwd, 'bad.yaml'), `${RECIPE}bogus: 1\n`)
  const { exitCode, stdout } = await ours('melange-ts', ['check', ...args], { cwd })
  expect(exitCode).toBe(status)
  expect(stdout).toContain(words)
})
