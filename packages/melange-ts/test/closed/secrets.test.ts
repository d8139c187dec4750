import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { utf8 } from '@apkts/encoding'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkLeaks } from '../../src/closed/leaks.ts'
import { namedSecrets, readSecrets, secretHider } from '../../src/closed/secrets.ts'
import { type TreeEntry, treeEntry } from '../../src/tree/index.ts'

const TOKEN = 'tok-0123456789'
const SECRETS = [
  { id: 'token', bytes: utf8(`${TOKEN}\n`) },
  { id: 'token.pem', bytes: utf8('-----BEGIN\nline-of-the-key\n-----END\n') },
]

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'secrets-test-'))
  await writeFile(join(directory, 'a'), TOKEN)
  await writeFile(join(directory, 'b'), 'another-secret')
  await writeFile(join(directory, 'short'), 'abc\n\n\n\n\n\n\n')
})
afterAll(() => rm(directory, { recursive: true, force: true }))

describe('--secret', () => {
  test.each([
    [['id=x,src=a'], 'x'],
    [['src=a,id=x'], 'x'],
    [['id=x,src=a', 'src=b,id=y'], 'x y'],
  ])('%j', async (flags, ids) => {
    const secrets = await readSecrets(fields(flags))
    expect(secrets.map(({ id }) => id).join(' ')).toBe(ids)
    expect(Buffer.from(secrets[0]!.bytes).toString()).toBe(TOKEN)
  })

  test.each([
    [['id=x'], 'SECRET_FLAG'],
    [['src=a'], 'SECRET_FLAG'],
    [['id=../x,src=a'], 'SECRET_FLAG'],
    [['id=x,file=a'], 'SECRET_FLAG'],
    [['id=x,src=nowhere'], 'SECRET_FILE'],
    [['id=x,src=short'], 'SECRET_FILE'],
  ])('%j is refused', (flags, code) => expect(readSecrets(fields(flags))).rejects.toMatchObject({ code }))

  function fields(flags: readonly string[]): string[] {
    return flags.flatMap((flag) => flag.split(',').map((field) => field.replace('src=', `src=${directory}/`)))
  }
})

test.each([
  ['cat /run/secrets/token', {}, 'token'],
  ['cat "/run/secrets/token"; true', {}, 'token'],
  ['cat /run/secrets/token.pem', {}, 'token.pem'],
  ['cat /run/secrets/tokens', {}, ''],
  ['cat /run/secretsXtoken', {}, ''],
  ['fetch', { NETRC: '/run/secrets/token' }, 'token'],
])('a step with %j and %j sees %j', (runs, environment, ids) => {
  const named = namedSecrets({ runs, environment }, SECRETS)
  expect(named.map(({ id }) => id).join(' ')).toBe(ids)
})

test('logs show marks instead, also for single lines of a key', () => {
  const hide = secretHider(SECRETS)
  expect(hide(`+ curl -H ${TOKEN}, line-of-the-key`)).toBe('+ curl -H [secret token], [secret token.pem]')
  expect(hide('END of it')).toBe('END of it')
})

describe('a secret in a package', () => {
  const file = (fields: Partial<TreeEntry>): TreeEntry => treeEntry({ path: 'etc/x', type: 'file', ...fields })
  test.each<[string, TreeEntry[], string]>([
    ['as content', [file({ content: { kind: 'bytes', bytes: utf8(`a=${TOKEN};`) } })], 'token is in p: etc/x'],
    ['as a name', [file({ path: `etc/${TOKEN}` })], 'token is in p: etc/[secret token]'],
    ['as the target of a link', [file({ type: 'symlink', linkname: TOKEN })], 'token is in p: etc/x'],
    ['as an attribute', [file({ xattrs: new Map([['user.x', utf8(TOKEN)]]) })], 'token is in p: etc/x'],
  ])('%s', async (_, entries, place) => {
    const found = checkLeaks([{ name: 'p', entries, texts: new Map() }], SECRETS)
    await expect(found).rejects.toMatchObject({ code: 'SECRET_LEAK', notes: [place] })
  })

  test('in the metadata', async () => {
    const outputs = [{ name: 'p', entries: [], texts: new Map([['.melange.yaml', `runs: echo ${TOKEN}`]]) }]
    await expect(checkLeaks(outputs, SECRETS)).rejects.toMatchObject({ notes: ['token is in p: .melange.yaml'] })
  })

  test('is found wherever in a large file it lies, and not where it does not', async () => {
    const path = join(directory, 'large')
    await fc.assert(
      fc.asyncProperty(fc.nat(600_000), fc.boolean(), async (at, there) => {
        const bytes = Buffer.alloc(700_000, 'tok-012345678')
        if (there) bytes.write(TOKEN, at)
        await writeFile(path, bytes)
        const content = { kind: 'file', path, offset: 0, size: bytes.length } as const
        const found = checkLeaks([{ name: 'p', entries: [file({ content })], texts: new Map() }], [SECRETS[0]!])
        if (there) await expect(found).rejects.toMatchObject({ code: 'SECRET_LEAK' })
        else await expect(found).resolves.toBeUndefined()
      }),
      {
        numRuns: 20,
        examples: [
          [262_144 - 5, true],
          [262_144, true],
          [262_144 - 14, true],
        ],
      },
    )
  })
})
