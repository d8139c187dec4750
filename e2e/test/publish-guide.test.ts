import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT, temporaryDirectory } from '../src/commands.ts'
import { makeHelloImage } from '../src/hello.ts'
import { podmanHere } from '../src/podman.ts'
import { whileServing } from '../src/podman-service.ts'
import { PASSWORD, type Registry, startRegistry, USER } from '../src/registry.ts'
import { createTestCa } from '../src/test-ca.ts'
import { missingTools } from '../src/tools.ts'

const missing = await missingTools(['docker-registry', 'htpasswd', 'skopeo', 'gcc'])
const why = missing.length === 0 ? '' : ` (skipped: ${missing.join(', ')} not installed)`
const guide = await readFile(join(ROOT, 'docs/publish.md'), 'utf8')
const SOCKET = 'unix:///run/podman/podman.sock'

/** Every block of commands, by the heading above it. */
const blocks = guide.split(/^## /m).flatMap((section) => {
  const heading = section.split('\n', 1)[0] ?? ''
  return [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, script = '']) => ({ heading, script }))
})
const LOGIN = blocks.find(({ heading }) => heading === 'Log in')!.script
const podmanDirectory = await temporaryDirectory()
const podmanEnv = await podmanHere(podmanDirectory)

describe.skipIf(missing.length > 0)(`the commands of docs/publish.md${why}`, () => {
  let home: string
  let registry: Registry
  let env: Record<string, string>

  beforeAll(async () => {
    home = await temporaryDirectory()
    await makeHelloImage(home)
    const ca = createTestCa()
    await writeFile(join(home, 'private-ca.pem'), ca.cert)
    registry = await startRegistry(join(home, 'registry'), ca.identityFor('localhost'))
    const bin = join(home, 'bin')
    await mkdir(bin)
    await writeProgram(join(bin, 'apko-ts'), `exec ${process.execPath} ${ROOT}/packages/apko-ts/bin/apko-ts.js "$@"`)
    await writeProgram(join(bin, 'skopeo'), `exec ${await which('skopeo')} --insecure-policy "$@"`)
    await writeProgram(join(bin, 'docker-credential-demo'), `cat > asked; echo '${JSON.stringify(CREDENTIALS)}'`)
    const ownAuthority = { SSL_CERT_FILE: join(home, 'private-ca.pem') }
    env = { PATH: `${bin}:${process.env.PATH}`, HOME: home, TOKEN: PASSWORD, NO_COLOR: '1', ...ownAuthority }
    await run(LOGIN)
  })
  afterAll(() => registry?.stop())

  test('cover every task', () => {
    expect([...new Set(blocks.map(({ heading }) => heading))]).toEqual([
      'Push an image',
      'Log in',
      'Several architectures',
      'SBOMs beside the image',
      'A private authority',
      'Large layers, slow lines',
      'Without a registry',
    ])
  })

  test.each(blocks.filter(({ script }) => !script.includes('--local')))('$heading: $script', async ({ script }) => {
    await run(script)
    for (const [, tag = ''] of script.matchAll(/publish \S+ registry\.example\/(\S+)/g)) {
      const { stdout } = await execa('skopeo', ['inspect', `docker://${registry.host}/${tag}`], { env })
      expect(JSON.parse(stdout).Architecture).toBe('amd64')
    }
  })

  test.runIf(podmanEnv).each(blocks.filter(({ script }) => script.includes('--local')))(
    '$heading: $script',
    async ({ script }) => {
      await whileServing(join(podmanDirectory, 'docker.sock'), podmanEnv!, async (address) => {
        expect(await run(script.replace(SOCKET, address))).toMatch(/^apko\.local\/cache:/)
      })
    },
  )

  test('a helper was asked for the registry', async () => {
    expect(await readFile(join(home, 'asked'), 'utf8')).toBe(registry.host)
  })

  test('the list of referrers has the SBOM', async () => {
    const script = blocks.filter(({ heading }) => heading.startsWith('SBOMs')).at(-1)!.script
    expect(JSON.parse((await run(script)).replace(/^[^{]*/, '')).manifests).toMatchObject([
      { artifactType: 'application/spdx+json' },
    ])
  })

  /** Runs commands as a user would type them, in one shell, until one fails. */
  async function run(script: string): Promise<string> {
    const { stdout } = await execa('sh', ['-euc', script.replaceAll('registry.example', registry.host)], {
      cwd: home,
      env,
      extendEnv: false,
    })
    return stdout
  }
})

const CREDENTIALS = { Username: USER, Secret: PASSWORD }

function writeProgram(path: string, line: string): Promise<void> {
  return writeFile(path, `#!/bin/sh\n${line}\n`, { mode: 0o755 })
}

async function which(program: string): Promise<string> {
  return (await execa('sh', ['-c', `command -v ${program}`])).stdout
}
