import { spawn, spawnSync } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { once } from 'node:events'
import { chmod, copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readIndexArchive, splitApk } from '@apkts/apk'
import { indexSignatureNames } from '@apkts/keyring'
import { beforeAll, describe, expect, test } from 'vitest'
import { commandLine, type Outcome, ours, oursFine, temporaryDirectory } from '../src/commands.ts'
import { makePackage } from '../src/repository.ts'

let cwd: string
const melange = (...args: string[]): Promise<Outcome> => ours('melange-ts', args, { cwd })
const fine = (...args: string[]): Promise<Outcome> => oursFine('melange-ts', args, { cwd })
const at = (name: string): string => join(cwd, name)
const bytesOf = (name: string): Promise<Buffer> => readFile(at(name))
const recordsOf = async (name: string) =>
  readIndexArchive(await bytesOf(name)).records.map((record) => `${record.name} ${record.arch}`)

beforeAll(async () => {
  cwd = await temporaryDirectory()
  for (const name of ['a', 'b']) await writeFile(at(`${name}.apk`), makePackage({ name, files: { 'usr/bin/x': name } }))
  await writeFile(at('arm.apk'), makePackage({ name: 'arm' }, 'aarch64'))
  await writeFile(at('v3.apk'), Buffer.from('ADB.pckg and more'))
  await writeFile(at('empty.apk'), '')
  await fine('keygen', 'mine.rsa', '--key-size', '2048')
  await fine('keygen', 'next.rsa', '--key-size', '2048')
})

describe('keygen', () => {
  test('the private key is for its owner alone', async () => {
    expect((await stat(at('mine.rsa'))).mode & 0o777).toBe(0o600)
    expect(await readFile(at('mine.rsa'), 'utf8')).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/)
    expect(await readFile(at('mine.rsa.pub'), 'utf8')).toMatch(/^-----BEGIN PUBLIC KEY-----\n/)
  })

  test.each([
    { args: ['mine.rsa'], code: 'KEY_EXISTS', status: 1 },
    { args: ['small.rsa', '--key-size', '2047'], code: 'KEY_TOO_SMALL', status: 1 },
    { args: ['one.rsa', 'two.rsa'], code: 'error', status: 1 },
  ])('$args is refused and writes nothing: $code', async ({ args, code, status }) => {
    const before = await readdir(cwd)
    const { exitCode, stderr } = await melange('keygen', ...args)
    expect({ exitCode, coded: stderr.includes(code) }).toEqual({ exitCode: status, coded: true })
    expect(await readdir(cwd)).toEqual(before)
  })
})

describe('sign', () => {
  test('signing again with the same key gives the same file, and keeps control and data', async () => {
    await copyFile(at('a.apk'), at('signed.apk'))
    await chmod(at('signed.apk'), 0o640)
    await fine('sign', '-k', 'mine.rsa', 'signed.apk')
    const once = await bytesOf('signed.apk')
    expect((await stat(at('signed.apk'))).mode & 0o777).toBe(0o640)
    await fine('sign', '-k', 'next.rsa', 'signed.apk')
    await fine('sign', '-k', 'mine.rsa', 'signed.apk')
    expect((await bytesOf('signed.apk')).equals(once)).toBe(true)
    expect(once.subarray(splitApk(once, 'p').sections.control.offset).equals(await bytesOf('a.apk'))).toBe(true)
    expect((await melange('verify', 'signed.apk', '-k', 'mine.rsa.pub')).stdout).toContain('trusted by mine.rsa.pub')
  })

  test.each([
    { file: 'v3.apk', problem: 'apk v3 (ADB)' },
    { file: 'empty.apk', problem: 'is empty' },
    { file: 'none.apk', problem: 'none.apk' },
  ])('$file is refused: $problem', async ({ file, problem }) => {
    const { exitCode, stderr } = await melange('sign', '-k', 'mine.rsa', file)
    expect({ exitCode, told: stderr.includes(problem) }).toEqual({ exitCode: 1, told: true })
    expect(stderr).not.toContain('    at ')
  })

  const lock = async (file: string, apk: string) => {
    const key = createPrivateKey(await bytesOf('mine.rsa'))
    const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'sesame' } as const
    await mkdir(dirname(at(file)))
    await writeFile(at(file), key.export(options))
    await copyFile(at('a.apk'), at(apk))
  }

  test('an encrypted key is opened with the passphrase of the environment', async () => {
    await lock('safe/mine.rsa', 'locked.apk')
    const sign = (env: Record<string, string>) =>
      ours('melange-ts', ['sign', '-k', 'safe/mine.rsa', 'locked.apk'], { cwd, env })
    const without = await sign({})
    expect([without.exitCode, without.stderr]).toEqual([1, expect.stringContaining('MELANGE_KEY_PASSPHRASE')])
    expect((await sign({ MELANGE_KEY_PASSPHRASE: 'wrong' })).stderr).toContain('KEY_PASSPHRASE')
    expect((await sign({ MELANGE_KEY_PASSPHRASE: 'sesame' })).exitCode).toBe(0)
    expect((await melange('verify', 'locked.apk', '-k', 'mine.rsa.pub')).exitCode).toBe(0)
  })

  test.skipIf(spawnSync('script', ['--version']).error !== undefined)(
    'at a terminal the passphrase is asked for, and not shown',
    async () => {
      await lock('vault/mine.rsa', 'asked.apk')
      const line = commandLine('melange-ts', ['sign', '-k', 'vault/mine.rsa', 'asked.apk']).map((word) => `'${word}'`)
      const { shown, exitCode } = await answerPrompt(line.join(' '), 'passphrase of', 'sesame')
      expect(shown).not.toContain('sesame')
      expect(exitCode).toBe(0)
      expect((await melange('verify', 'asked.apk', '-k', 'mine.rsa.pub')).exitCode).toBe(0)
    },
  )
})

/** Runs a command line at a terminal of its own and types the answer once the prompt is there. */
async function answerPrompt(line: string, prompt: string, answer: string) {
  const env = { PATH: process.env.PATH ?? '', HOME: cwd, NO_COLOR: '1' }
  const terminal = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], { cwd, env })
  let shown = ''
  let answered = false
  terminal.stdout.on('data', (chunk) => {
    shown += String(chunk)
    if (answered || !shown.includes(prompt)) return
    answered = true
    terminal.stdin.write(`${answer}\r`)
  })
  const [exitCode] = await once(terminal, 'close')
  return { shown, exitCode }
}

describe('index and sign-index', () => {
  test('packages in the order of the arguments; those of another architecture are left out', async () => {
    await fine('index', '-o', 'i/all.tar.gz', 'b.apk', 'a.apk', 'arm.apk')
    expect(await recordsOf('i/all.tar.gz')).toEqual(['b x86_64', 'a x86_64', 'arm aarch64'])
    const { stderr } = await fine('index', '-a', 'x86_64', '-o', 'i/x86.tar.gz', 'b.apk', 'arm.apk')
    expect(await recordsOf('i/x86.tar.gz')).toEqual(['b x86_64'])
    expect(stderr).toContain('arm.apk is for aarch64')
  })

  test('without --merge the index starts anew, with it records stay; a missing source is none', async () => {
    await fine('index', '-o', 'i/m.tar.gz', '--merge', 'a.apk')
    await fine('index', '-o', 'i/m.tar.gz', '--merge', 'b.apk')
    expect(await recordsOf('i/m.tar.gz')).toEqual(['a x86_64', 'b x86_64'])
    await fine('index', '-o', 'i/other.tar.gz', '--merge', '-s', 'i/m.tar.gz', 'arm.apk')
    expect(await recordsOf('i/other.tar.gz')).toHaveLength(3)
    await fine('index', '-o', 'i/m.tar.gz', 'b.apk')
    expect(await recordsOf('i/m.tar.gz')).toEqual(['b x86_64'])
  })

  test.each(['v3.apk', 'empty.apk', 'none.apk'])('%s is refused, and the index stays', async (file) => {
    await fine('index', '-o', 'i/kept.tar.gz', 'a.apk')
    const { exitCode, stderr } = await melange('index', '-o', 'i/kept.tar.gz', 'b.apk', file)
    expect({ exitCode, named: stderr.includes(file) }).toEqual({ exitCode: 1, named: true })
    expect(await recordsOf('i/kept.tar.gz')).toEqual(['a x86_64'])
  })

  test('a rotation: the old key signs, both do, the new one alone', async () => {
    await fine('index', '-o', 'r.tar.gz', '--signing-key', 'mine.rsa', 'a.apk')
    const names = async () => indexSignatureNames(await bytesOf('r.tar.gz'))
    const refused = await melange('sign-index', '--signing-key', 'next.rsa', 'r.tar.gz')
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('INDEX_SIGNED')])
    await fine('sign-index', '--signing-key', 'next.rsa', '--add', 'r.tar.gz')
    expect(await names()).toEqual(['.SIGN.RSA256.mine.rsa.pub', '.SIGN.RSA256.next.rsa.pub'])
    for (const key of ['mine.rsa.pub', 'next.rsa.pub']) await fine('verify', 'r.tar.gz', '-k', key)
    await fine('index', '-o', 'r.tar.gz', '--merge', '--signing-key', 'mine.rsa,next.rsa', 'b.apk')
    expect(await names()).toHaveLength(2)
    await fine('sign-index', '--signing-key', 'next.rsa', '--force', 'r.tar.gz')
    expect(await names()).toEqual(['.SIGN.RSA256.next.rsa.pub'])
    expect(await recordsOf('r.tar.gz')).toEqual(['a x86_64', 'b x86_64'])
  })

  test('records nobody trusted vouches for are not signed', async () => {
    await fine('index', '-o', 'f.tar.gz', '--signing-key', 'next.rsa', 'a.apk')
    const merge = ['index', '-o', 'f.tar.gz', '--merge', '--signing-key', 'mine.rsa', 'b.apk']
    const refused = await melange(...merge)
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('INDEX_SOURCE')])
    await fine(...merge, '--keyring-append', 'next.rsa.pub')
    expect(await recordsOf('f.tar.gz')).toEqual(['a x86_64', 'b x86_64'])
  })
})

describe('verify and inspect', () => {
  beforeAll(async () => {
    await copyFile(at('a.apk'), at('checked.apk'))
    await fine('sign', '-k', 'mine.rsa', 'checked.apk')
    const damaged = await bytesOf('checked.apk')
    damaged[damaged.length - 20]! ^= 1
    await writeFile(at('damaged.apk'), damaged)
  })

  test.each([
    { args: ['checked.apk', '-k', 'mine.rsa.pub'], status: 0, says: 'trusted by mine.rsa.pub' },
    { args: ['checked.apk', '-k', 'next.rsa.pub'], status: 3, says: 'unknown key mine.rsa.pub' },
    { args: ['checked.apk'], status: 3, says: 'unknown key mine.rsa.pub' },
    { args: ['a.apk', '-k', 'mine.rsa.pub'], status: 3, says: 'unsigned' },
    { args: ['damaged.apk', '-k', 'mine.rsa.pub'], status: 3, says: 'REFUSED' },
    {
      args: ['checked.apk', '-k', 'mine.rsa.pub', '--key-expiry', 'mine.rsa.pub=2020-01-01'],
      status: 3,
      says: 'expired key mine.rsa.pub',
    },
    {
      args: ['checked.apk', '-k', 'mine.rsa.pub', '--key-expiry', 'mine.rsa.pub=9999-01-01'],
      status: 0,
      says: 'trusted by mine.rsa.pub',
    },
    { args: ['checked.apk', '--key-expiry', 'mine.rsa.pub=soon'], status: 1, says: 'KEY=YYYY-MM-DD' },
    { args: ['v3.apk'], status: 1, says: 'apk v3 (ADB) file, which is not supported' },
    { args: ['none.apk'], status: 1, says: 'there is no such file' },
  ])('verify $args: $status, $says', async ({ args, status, says }) => {
    const { exitCode, stdout, stderr } = await melange('verify', ...args)
    expect({ exitCode, said: `${stdout}${stderr}`.includes(says) }).toEqual({ exitCode: status, said: true })
  })

  test('inspect shows sections, metadata, files and signatures, as text and as JSON', async () => {
    const { stdout } = await fine('inspect', 'checked.apk')
    for (const word of ['a-1.0-r0', 'control', 'datahash', 'usr/bin/x', 'mine.rsa.pub', 'RSA256']) {
      expect(stdout).toContain(word)
    }
    const document = JSON.parse((await fine('inspect', '--json', 'checked.apk')).stdout)
    expect(document).toMatchObject({ kind: 'package', dataHashMatches: true, metadata: { name: 'a' } })
    const refused = await melange('inspect', 'v3.apk')
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('apk v3 (ADB)')])
  })
})
