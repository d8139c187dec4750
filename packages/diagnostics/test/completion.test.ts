import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
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
    [['my-tool', '--log-level', 'debug', 'b'], ['build']],
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

const EMPTY = mkdtempSync(join(tmpdir(), 'completion-'))
afterAll(() => rmSync(EMPTY, { recursive: true }))

const hasFish = spawnSync('fish', ['--version']).status === 0

describe.skipIf(!hasFish)(`in fish${hasFish ? '' : ' (skipped: fish is missing)'}`, () => {
  test.each([
    ['my-tool ', ['build', 'import']],
    ['my-tool b', ['build']],
    ['my-tool import ', ['deb']],
    ['my-tool build --a', ['--arch']],
    ['my-tool --quiet build --ca', ['--cache-dir']],
    ['my-tool --log-level debug b', ['build']],
    ['my-tool -C build im', ['import']],
    ['my-tool import deb --s', ['--suite']],
    ['my-tool build --suite', []],
    ['my-tool build b', []],
  ])('%j offers %j', async (line, offered) => {
    const ask = `complete -C '${line}'`
    const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', `${await script('fish')}\n${ask}`], {
      encoding: 'utf8',
      cwd: EMPTY,
      env: { PATH: process.env.PATH, HOME: '/nonexistent' },
    })
    expect(stderr).toBe('')
    const words = stdout.split('\n').filter(Boolean)
    expect(words.map((row) => row.split('\t')[0])).toEqual(offered)
  })

  test('descriptions are shown', async () => {
    const ask = `${await script('fish')}\ncomplete -C 'my-tool build --arch'`
    const { stdout } = spawnSync('fish', ['--no-config', '-c', ask], { encoding: 'utf8' })
    expect(stdout).toBe("--arch\tthe arch's value\n")
  })
})

const hasZsh = spawnSync('zsh', ['--version']).status === 0

/** Types keys into an interactive zsh, where the program is a function that prints its arguments. */
function typeInZsh(completion: string, keys: string): string {
  const setUp =
    'PS1=; autoload -Uz compinit; compinit -u -D; source $FILE; my-tool() { print -r -- "RA""N<$*>" }; print RE""ADY'
  const driver = `zmodload zsh/zpty
file=$(mktemp); print -r -- "$SCRIPT" > $file
zpty z "TERM=dumb FILE=$file zsh -f -i"
zpty -w z "$SETUP"; zpty -r z out '*READY*'
zpty -w -n z "\${(g::)KEYS}"; zpty -r z out '*RAN<*>*'
print -r -- "$out"; zpty -d z; rm -f $file`
  const { stdout } = spawnSync('zsh', ['-f', '-c', driver], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: process.env.PATH, HOME: '/nonexistent', SCRIPT: completion, SETUP: setUp, KEYS: keys },
  })
  return /RAN<(.*)>/.exec(stdout)?.[1] ?? stdout
}

describe.skipIf(!hasZsh)(`in zsh${hasZsh ? '' : ' (skipped: zsh is missing)'}`, () => {
  test.each([
    ['my-tool bui\\t\\n', 'build'],
    ['my-tool im\\td\\t\\n', 'import deb'],
    ['my-tool build --ar\\tx86\\n', 'build --arch x86'],
    ['my-tool --log-level debug bui\\t\\n', '--log-level debug build'],
    ['my-tool import deb --su\\ts\\n', 'import deb --suite s'],
  ])('the keys %j run my-tool %s', async (keys, run) => {
    expect(typeInZsh(await script('zsh'), keys)).toBe(run)
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
