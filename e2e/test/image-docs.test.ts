import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ROOT, temporaryDirectory } from '../src/commands.ts'
import { compileHello } from '../src/hello.ts'
import { runPage, runScript } from '../src/page.ts'
import { makeKey, makeRepository } from '../src/repository.ts'
import { missingTools } from '../src/tools.ts'

const PAGE = join(ROOT, 'docs/images.md')
const missing = await missingTools(['gcc', 'bwrap'])
const why = missing.length === 0 ? '' : ` (skipped: ${missing.join(', ')} not installed)`

describe.skipIf(missing.length > 0)(`docs/images.md${why}`, () => {
  let home: string
  let ran: readonly string[]

  beforeAll(async () => {
    home = await temporaryDirectory()
    await prepare(home)
    ran = (await runPage('docs/images.md', { home })).flatMap((script) => script.trimEnd().split('\n'))
  }, 600_000)

  test('runs', () => {
    expect(ran.length).toBeGreaterThan(20)
  })

  test('what it says of the difference is what is printed', async () => {
    const stdout = await runScript('apko-ts diff hello.tar next.tar', home)
    const said = /```text\n(.*?)\n {4}…\n```/s.exec(await readFile(PAGE, 'utf8'))![1]!
    expect(stdout.replaceAll(/sha256:[0-9a-f]{64}/g, 'sha256:…')).toContain(said)
  })

  test('its scripts get what they are promised', async () => {
    const json = async (name: string) => JSON.parse(await readFile(join(home, name), 'utf8'))
    expect(await json('built.json')).toMatchObject({ images: [{ arch: 'x86_64' }] })
    expect(await json('changes.json')).toMatchObject({ different: true })
    expect(await json('plan.json')).toMatchObject({ download: { packages: 0 } })
    expect(await readFile(join(home, 'changes.md'), 'utf8')).toContain('### privileges')
  })
})

async function prepare(directory: string): Promise<void> {
  const key = await makeKey('local')
  const packages = [
    { name: 'hello', files: { 'usr/bin/hello': await compileHello(directory) } },
    { name: 'hello-doc', files: { 'usr/share/doc/hello': 'hello\n' } },
  ]
  for (const arch of ['x86_64', 'aarch64']) await makeRepository(join(directory, 'packages'), packages, key, arch)
}
