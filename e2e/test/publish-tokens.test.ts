import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Outcome, ours, oursFine, temporaryDirectory } from '../src/commands.ts'
import { makeHelloImage } from '../src/hello.ts'
import { PASSWORD, type Registry, startRegistry, USER } from '../src/registry.ts'
import { createTestCa } from '../src/test-ca.ts'
import { ISSUER, SERVICE, startTokenServer, type TokenServer } from '../src/token-server.ts'
import { missingTools } from '../src/tools.ts'

const missing = await missingTools(['docker-registry', 'skopeo', 'gcc'])
const why = missing.length === 0 ? '' : ` (skipped: ${missing.join(', ')} not installed)`

describe.skipIf(missing.length > 0)(`publish to docker-registry with a token server${why}`, () => {
  let home: string
  let tokens: TokenServer
  let registry: Registry

  beforeAll(async () => {
    home = await temporaryDirectory()
    await makeHelloImage(home)
    const ca = createTestCa()
    const identity = ca.identityFor('tokens')
    const allows = (repository: string, action: string) => action === 'pull' || repository.startsWith('team/')
    tokens = await startTokenServer({ identity, user: USER, password: PASSWORD, allows })
    const authority = { realm: tokens.realm, issuer: ISSUER, service: SERVICE, cert: ca.cert }
    registry = await startRegistry(join(home, 'registry'), undefined, authority)
  })
  afterAll(async () => {
    await registry?.stop()
    await tokens?.stop()
  })

  test('without a login pushing is denied', async () => {
    const { exitCode, stderr } = await publish(ours, 'team/app:v1')
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/error\[DENIED\]: \S+\/team\/app refuses sha256:\S+ status 401/)
    expect(stderr).toContain(`log in with an account that may push: apko-ts login ${registry.host}`)
  })

  test('a wrong password is refused by the token server, and told so', async () => {
    await login('not-the-password')
    const { exitCode, stderr } = await publish(ours, 'team/app:v1')
    expect(exitCode).toBe(1)
    const server = new URL(tokens.realm).host
    expect(stderr).toContain(`cannot log in to ${registry.host}: ${server} refuses the credentials from `)
    expect(stderr).not.toContain('not-the-password')
  })

  test('whoever may push pushes, and takes layers from where they may pull', async () => {
    await login(PASSWORD)
    await publish(oursFine, 'team/app:v1')
    registry.takeUploads()
    await publish(oursFine, 'team/other:v1', '--mount-from', 'team/app')
    expect(registry.takeUploads().filter((request) => request.startsWith('PATCH'))).toEqual([])
    const [owner, lender] = tokens.asked.at(-1)!
    expect([owner, lender]).toEqual(['repository:team/other:push,pull', 'repository:team/app:pull'])
    const flags = ['--tls-verify=false', '--creds', `${USER}:${PASSWORD}`]
    const { stdout } = await execa('skopeo', ['inspect', ...flags, `docker://${registry.host}/team/other:v1`])
    expect(JSON.parse(stdout).Architecture).toBe('amd64')
  })

  test('another repository is denied', async () => {
    const { exitCode, stderr } = await publish(ours, 'others/app:v1')
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/error\[DENIED\]: \S+\/others\/app refuses/)
    expect(stderr).not.toContain(PASSWORD)
  })

  function login(password: string): Promise<Outcome> {
    const args = ['login', registry.host, '--username', USER, '--password-stdin']
    return oursFine('apko-ts', args, { cwd: home, input: password })
  }

  function publish(run: typeof ours, name: string, ...flags: string[]): Promise<Outcome> {
    return run('apko-ts', ['publish', 'image.yaml', `${registry.host}/${name}`, '--vcs=false', ...flags], { cwd: home })
  }
})
