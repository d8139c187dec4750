import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ours, temporaryDirectory } from '../src/commands.ts'

const UGLY = 'package:\n    name:   a # its name\n    version: "1"\npipeline:\n- runs: |\n     echo hello\n'
const NEAT = 'package:\n  name: a # its name\n  version: "1"\n\npipeline:\n  - runs: |\n      echo hello\n'

async function place(): Promise<string> {
  const cwd = await temporaryDirectory()
  await mkdir(join(cwd, 'os'))
  await writeFile(join(cwd, 'os/ugly.yaml'), UGLY, { mode: 0o600 })
  await writeFile(join(cwd, 'os/neat.yaml'), NEAT)
  await symlink('os/ugly.yaml', join(cwd, 'link.yaml'))
  return cwd
}

test('fmt formats in place, names what it changed, and keeps modes and links', async () => {
  const cwd = await place()
  expect(await ours('melange-ts', ['fmt', 'os', 'link.yaml'], { cwd })).toEqual({
    exitCode: 0,
    stdout: 'os/ugly.yaml\n',
    stderr: '',
  })
  expect(await readFile(join(cwd, 'link.yaml'), 'utf8')).toBe(NEAT)
  expect((await stat(join(cwd, 'os/ugly.yaml'))).mode & 0o777).toBe(0o600)
  expect((await ours('melange-ts', ['fmt', '--check', 'os'], { cwd })).exitCode).toBe(0)
})

test('--check and --diff write nothing', async () => {
  const cwd = await place()
  expect(await ours('melange-ts', ['fmt', '--check', 'os'], { cwd })).toMatchObject({
    exitCode: 1,
    stdout: 'os/ugly.yaml\n',
  })
  const { exitCode, stdout } = await ours('melange-ts', ['fmt', '--diff', 'os'], { cwd })
  expect(exitCode).toBe(0)
  expect(stdout).toContain('-    name:   a # its name\n')
  expect(stdout).toContain('+  name: a # its name\n')
  expect(await readFile(join(cwd, 'os/ugly.yaml'), 'utf8')).toBe(UGLY)
})

test('- formats standard input', async () => {
  const cwd = await place()
  expect(await ours('melange-ts', ['fmt', '-'], { cwd, input: UGLY })).toEqual({
    exitCode: 0,
    stdout: NEAT,
    stderr: '',
  })
})

test('what is no YAML, or not there, is named; the rest is formatted', async () => {
  const cwd = await place()
  await writeFile(join(cwd, 'bad.yaml'), 'a: [\n')
  const { exitCode, stdout, stderr } = await ours('melange-ts', ['fmt', 'bad.yaml', 'gone.yaml', 'os'], { cwd })
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'os/ugly.yaml\n' })
  expect(stderr).toMatch(/error\[YAML_SYNTAX\].*\n {2}--> bad\.yaml:/)
  expect(stderr).toContain('gone.yaml cannot be read')
})
