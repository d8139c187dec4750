import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, describe, expect, test } from 'vitest'
import { adaptBundle, runBundle } from '../src/bundle.ts'
import { oursFine, temporaryDirectory } from '../src/commands.ts'
import { makeHelloImage } from '../src/hello.ts'
import { podmanHere } from '../src/podman.ts'
import { whileServing } from '../src/podman-service.ts'
import { missingTools } from '../src/tools.ts'

const missing = await missingTools(['gcc', 'skopeo', 'umoci', 'crun'])
const why = missing.length === 0 ? '' : ` (skipped: ${missing.join(', ')} not installed)`
const storage = await temporaryDirectory()
const podmanEnv = await podmanHere(storage)
const whyNotPodman = podmanEnv === undefined ? ' (skipped: podman cannot run here)' : ''

interface Platform {
  readonly architecture: string
}
interface ImageIndex {
  readonly manifests: readonly { readonly digest: string; readonly platform: Platform }[]
}

describe.skipIf(missing.length > 0)(`tools that work with images${why}`, () => {
  let home: string
  const flags = ['--vcs=false', '--sbom=false', '--cache-dir', 'cache']

  beforeAll(async () => {
    home = await temporaryDirectory()
    await makeHelloImage(home)
    await mkdir(join(home, 'layout'))
    for (const output of ['layout', 'hello.tar']) {
      await oursFine('apko-ts', ['build', 'image.yaml', 'localhost/team/hello:v1', output, ...flags], { cwd: home })
    }
  })

  test('skopeo copies the image of a layout without changing it; umoci unpacks it and crun runs it as its user', async () => {
    const args = ['build', 'image.yaml', 'hello:v1', 'one', '--arch', 'x86_64', ...flags]
    await mkdir(join(home, 'one'))
    await oursFine('apko-ts', args, { cwd: home })
    const { stdout } = await execa('skopeo', ['inspect', `oci:${home}/one`])
    expect(JSON.parse(stdout)).toMatchObject({
      Architecture: 'amd64',
      Os: 'linux',
      Digest: (await image('amd64')).digest,
    })
    const copy = ['copy', '-q', '--insecure-policy', '--preserve-digests']
    await execa('skopeo', [...copy, `oci:${home}/one`, `oci:${home}/tagged:v1`])
    await execa('umoci', ['unpack', '--image', `${home}/tagged:v1`, `${home}/bundle`])
    const config = await adaptBundle(`${home}/bundle`, [])
    expect(config.process.user).toMatchObject({ uid: 65532 })
    expect(await runBundle(`${home}/bundle`)).toBe('hello from apko-ts')
  })

  test.runIf(podmanEnv)(`podman loads a tar under our image IDs and runs it${whyNotPodman}`, async () => {
    await podman('load', '-q', '-i', join(home, 'hello.tar'))
    for (const arch of ['amd64', 'arm64']) {
      const [loaded] = JSON.parse(await podman('image', 'inspect', `localhost/team/hello:v1-${arch}`))
      expect(loaded).toMatchObject({ Id: (await image(arch)).id, Architecture: arch, User: '65532' })
    }
    const run = ['run', '--rm', '--network', 'none', 'localhost/team/hello:v1-amd64', 'podman']
    expect(await podman(...run)).toBe('hello from podman')
  })

  test.runIf(podmanEnv)(`publish --local loads the image of a platform into a daemon${whyNotPodman}`, async () => {
    const tags = ['example.com/team/hello:v1', 'example.com/team/hello:v2']
    await whileServing(join(storage, 'docker.sock'), podmanEnv!, async (address) => {
      const env = { DOCKER_HOST: address, GOARCH: 'arm64' }
      const args = ['publish', 'image.yaml', ...tags, '--local', '--image-refs', 'local.txt', ...flags]
      const { stdout } = await oursFine('apko-ts', args, { cwd: home, env })
      expect(stdout).toMatch(/^apko\.local\/cache:[0-9a-f]{64}\n$/)
      expect(await readFile(join(home, 'local.txt'), 'utf8')).toBe(stdout)
    })
    for (const name of tags) {
      const [loaded] = JSON.parse(await podman('image', 'inspect', name))
      expect(loaded).toMatchObject({ Id: (await image('arm64')).id, Architecture: 'arm64' })
    }
  })

  async function podman(...args: readonly string[]): Promise<string> {
    return (await execa('podman', args, { env: podmanEnv ?? {} })).stdout
  }

  /** Digest of an image of the layout, and its ID without the algorithm, as podman shows it. */
  async function image(arch: string): Promise<{ readonly digest: string; readonly id: string }> {
    const index = JSON.parse(await readFile(join(home, 'layout/index.json'), 'utf8')) as ImageIndex
    const { digest } = index.manifests.find(({ platform }) => platform.architecture === arch)!
    const manifest = await readFile(join(home, 'layout/blobs/sha256', digest.slice(7)), 'utf8')
    return { digest, id: JSON.parse(manifest).config.digest.slice(7) }
  }
})
