import { cp, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { ROOT, temporaryDirectory } from '../src/commands.ts'
import { runPage } from '../src/page.ts'
import { cannotBuild, MADE, why } from '../src/quickstart.ts'
import { type StaticServer, serveFiles } from '../src/static-server.ts'
import { missingTools } from '../src/tools.ts'

/** What stands for the repository of Wolfi. */
const WOLFI = {
  'https://packages.wolfi.dev/os/wolfi-signing.rsa.pub': 'toolchain/import.rsa.pub',
  'https://packages.wolfi.dev/os': 'toolchain',
}
const missing = await missingTools(['curl'])
const reason = missing.length === 0 ? '' : ' (skipped: curl not installed)'
const examples = (name: string) => join(ROOT, 'examples', name)

describe.skipIf(cannotBuild)(`the commands of pages, from top to bottom${why}`, async () => {
  test('docs/distroless.md, whose figures are those counted', async () => {
    const home = await prepared()
    await runPage('docs/distroless.md', { home })
    const counted = [...(await readFile(join(home, 'counted.txt'), 'utf8')).matchAll(/^\w+ (\d+)/gm)].map(([, n]) =>
      Number(n),
    )
    const page = await readFile(join(ROOT, 'docs/distroless.md'), 'utf8')
    const said = /^\| files and links \| (.*) \|$/m.exec(page)![1]!.split(' | ').map(Number)
    expect(counted[0]).toBe(said[0])
    // Debian's packages change with its updates.
    for (const [i, n] of said.entries()) expect(Math.abs(counted[i]! - n)).toBeLessThanOrEqual(n / 10)
  })

  describe.skipIf(missing.length > 0)(`docs/repository.md${reason}`, () => {
    let home: string
    let server: StaticServer

    beforeAll(async () => {
      home = await prepared()
      server = await serveFiles(join(home, 'packages'))
    })
    afterAll(() => server?.close())

    test('runs', async () => {
      await runPage('docs/repository.md', { home, instead: { 'https://packages.example': server.url } })
    })

    test('gives images the keys it says', async () => {
      const keys = async (image: string) =>
        (await pathsOf(home, image)).filter((path) => /etc\/apk\/keys\/./.test(path))
      expect((await keys('motd.tar')).map((path) => path.replace(/.*\//, ''))).toEqual(['own.rsa.pub'])
      expect((await keys('runtime.tar')).map((path) => path.replace(/.*\//, ''))).toEqual([
        'next.rsa.pub',
        'own.rsa.pub',
      ])
    })

    test('leaves the newer package alone in the index', async () => {
      const { stdout } = await execa('tar', ['-xzOf', join(home, 'packages/x86_64/APKINDEX.tar.gz'), 'APKINDEX'])
      expect(stdout.match(/^[PV]:.*$/gm)).toEqual(['P:motd', 'V:1.1.0-r0'])
    })
  })

  test('docs/ci.md, whose services run its script', async () => {
    const home = await prepared()
    await runPage('docs/ci.md', { home, instead: WOLFI })
    const github = parse(await readFile(join(home, '.github/workflows/build.yml'), 'utf8'))
    expect(github.jobs.build.steps.map(({ run }: { run?: string }) => run)).toContain('sh ci.sh')
    const gitlab = parse(await readFile(join(home, '.gitlab-ci.yml'), 'utf8'))
    expect(gitlab.build.script).toEqual(['sh ci.sh'])
  })

  test('docs/migrate.md', async () => {
    await runPage('docs/migrate.md', { home: await prepared(), instead: WOLFI })
  })

  /** A directory with the toolchain and copies of the examples that pages mention. */
  async function prepared(): Promise<string> {
    const home = await temporaryDirectory()
    await symlink(join(MADE, 'toolchain'), join(home, 'toolchain'))
    for (const name of ['scratch', 'greeter']) await cp(examples(name), join(home, name), { recursive: true })
    return home
  }
})

/** Every path in the layers of an archive. */
async function pathsOf(home: string, image: string): Promise<string[]> {
  const { stdout } = await execa('sh', ['-c', `tar -xOf ${image} --wildcards '*.tar.gz' | tar -tzf -`], { cwd: home })
  return stdout.split('\n').sort()
}
