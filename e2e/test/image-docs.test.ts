import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, describe, expect, test } from 'vitest'
import { ROOT, temporaryDirectory } from '../src/commands.ts'
import { makeKey, makeRepository } from '../src/repository.ts'

const PAGE = join(ROOT, 'docs/images.md')

let home: string
let ran: readonly string[]

/** Runs the page from top to bottom: writes its files, runs its commands. */
beforeAll(async () => {
  home = await temporaryDirectory()
  await prepare(home)
  const blocks = [...(await readFile(PAGE, 'utf8')).matchAll(/^```(\w+)\n(.*?)^```$/gms)]
  const lines: string[] = []
  for (const [, kind, text = ''] of blocks) {
    if (kind === 'yaml') await writeFile(join(home, /^# (\S+)\n/.exec(text)![1]!), text)
    if (kind === 'sh') lines.push(...text.trimEnd().split('\n'))
  }
  for (const line of lines) await runLine(line)
  ran = lines
}, 600_000)

describe('docs/images.md', () => {
  test('runs', () => {
    expect(ran.length).toBeGreaterThan(20)
  })

  test('what it says of the difference is what is printed', async () => {
    const { stdout } = await runLine('apko-ts diff hello.tar next.tar')
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
    { name: 'hello', files: { 'usr/bin/hello': '#!/bin/sh\necho hello\n' } },
    { name: 'hello-doc', files: { 'usr/share/doc/hello': 'hello\n' } },
  ]
  for (const arch of ['x86_64', 'aarch64']) await makeRepository(join(directory, 'packages'), packages, key, arch)
  await mkdir(join(directory, 'bin'))
  const program = join(ROOT, 'packages/apko-ts/bin/apko-ts.js')
  await writeFile(join(directory, 'bin/apko-ts'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`)
  await chmod(join(directory, 'bin/apko-ts'), 0o755)
}

function runLine(line: string) {
  const env = { PATH: `${home}/bin:${process.env.PATH ?? ''}`, HOME: home, TZ: 'UTC' }
  return execa('sh', ['-c', line], { cwd: home, env, extendEnv: false })
}
