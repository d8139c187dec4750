import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { completionCommands } from '../src/cli/completion-command.ts'
import type { CommandSpec } from '../src/cli/spec.ts'

const command = (name: string, flags: readonly string[], hidden = false): CommandSpec => ({
  name,
  usage: '',
  summary: `It's what ${name} does: all of it.`,
  examples: [],
  args: { min: 0, max: 9 },
  options: flags.map((flag) => ({ name: flag, type: 'string', description: `the ${flag}'s value` })),
  hidden,
  load: async () => ({ run: async () => 0 }),
})
const commands = [
  command('build', ['arch', 'cache-dir']),
  command('import deb', ['suite']),
  command('secret', [], true),
]

async function script(shell: string, describing = true): Promise<string> {
  const found = completionCommands('my-tool', () => commands).find(({ name }) => name === `completion ${shell}`)
  const printed: string[] = []
  const options = { flag: () => !describing } as never
  await (await found!.load()).run({ options, print: (text: string) => void printed.push(text) } as never)
  return printed.join('')
}

const hasBash = spawnSync('bash', ['--version']).status === 0

describe.skipIf(!hasBash)('in bash', () => {
  test.each([
    [
      ['my-tool', ''],
      ['build', 'import'],
    ],
    [['my-tool', 'b'], ['build']],
    [['my-tool', 'import', ''], ['deb']],
    [['my-tool', 'build', '--a'], ['--arch']],
    [['my-tool', '--quiet', 'build', '--ca'], ['--cache-dir']],
    [['my-tool', 'import', 'deb', '--s'], ['--suite']],
    [['my-tool', 'build', 'x'], []],
    [['my-tool', 'build', '--suite'], []],
  ])('%j offers %j', async (words, offered) => {
    const line = words.map((word) => `'${word}'`).join(' ')
    const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _complete_my_tool; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout, stderr } = spawnSync('bash', ['-c', `${await script('bash')}\n${ask}`], { encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(stdout.split('\n').filter(Boolean)).toEqual(offered)
  })
})

test.each(['bash', 'zsh', 'fish', 'powershell'])('%s knows every command but hidden ones', async (shell) => {
  const text = await script(shell)
  for (const word of ['build', 'import', 'deb', 'cache-dir', 'suite', 'my-tool', 'log-level'])
    expect(text).toContain(word)
  expect(text).not.toContain('secret')
})

test.each(['zsh', 'fish', 'powershell'])('%s leaves descriptions out on request', async (shell) => {
  expect(await script(shell)).toContain('value')
  expect(await script(shell, false)).not.toContain('value')
})
