import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@apkts/diagnostics'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { compilerFiles } from '../../src/build/compiler-files.ts'
import { removeTree } from '../../src/build/remove-tree.ts'
import { populateWorkspace } from '../../src/build/workspace.ts'

let source: string
let directory: string
beforeEach(async () => {
  source = await mkdtemp(join(tmpdir(), 'workspace-source-'))
  directory = await mkdtemp(join(tmpdir(), 'workspace-test-'))
})
afterEach(async () => {
  await removeTree(source)
  await removeTree(directory)
})

async function populate(fields: Partial<Parameters<typeof populateWorkspace>[0]> = {}): Promise<string[]> {
  const files = new Map([['.config/x', 'made']])
  await populateWorkspace({ directory, source, withheld: [], files, useIgnoreRules: true, log: silentLog, ...fields })
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort()
}

describe('a workspace', () => {
  test('gets regular files with their permissions, and nothing else', async () => {
    await mkdir(join(source, 'a', 'empty'), { recursive: true })
    await writeFile(join(source, 'a', 'f'), 'x')
    await chmod(join(source, 'a', 'f'), 0o4755)
    await symlink('a/f', join(source, 'link'))
    execFileSync('mkfifo', [join(source, 'pipe')])
    expect(await populate()).toEqual(['.config/x', 'a/f'])
    expect((await stat(join(directory, 'a', 'f'))).mode & 0o7777).toBe(0o755)
  })

  test('follows the ignore rules, unless told not to', async () => {
    await writeFile(join(source, '.melangeignore'), '*.o\n')
    await writeFile(join(source, 'x.o'), '')
    expect(await populate()).toEqual(['.config/x', '.melangeignore'])
    expect(await populate({ useIgnoreRules: false })).toContain('x.o')
  })

  test('never gets keys, packages and itself', async () => {
    await mkdir(join(source, 'packages'))
    for (const name of ['melange.rsa', 'packages/p.apk', 'kept']) await writeFile(join(source, name), '')
    const workspace = join(source, 'workspace')
    await mkdir(workspace)
    const withheld = [join(source, 'melange.rsa'), join(source, 'packages'), join(source, 'none')]
    await populateWorkspace({
      directory: workspace,
      source,
      withheld,
      files: new Map(),
      useIgnoreRules: true,
      log: silentLog,
    })
    expect(await readdir(workspace)).toEqual(['kept'])
  })

  test('stays empty without its source', async () => {
    expect(await populate({ source: join(source, 'missing') })).toEqual([])
  })
})

test('compilers are told the package they build', () => {
  const files = compilerFiles({ namespace: 'wolfi', name: 'x', version: '1-r0', arch: 'x86_64', cpe: '' })
  const note = '{"type":"apk","os":"wolfi","name":"x","version":"1-r0","architecture":"x86_64"}'
  expect(files.get('.melange.gcc.spec')).toBe(`*link:\n+ %{!r:--package-metadata=${note}}\n`)
  expect(files.get('.melange.clang.cfg')).toBe(`-Xlinker --package-metadata='${note}'\n`)
  expect(files.get('.config/clang-15/x86_64-unknown-linux-gnu-clang++.cfg')).toBe(
    '@../../.melange.clang.cfg\n@/etc/clang-15/x86_64-unknown-linux-gnu-clang++.cfg\n',
  )
  expect([...files.keys()].filter((path) => path.startsWith('.config/'))).toHaveLength(28 * 4)
})

test('a directory goes away even when it forbids that', async () => {
  await mkdir(join(directory, 'a', 'b'), { recursive: true })
  await writeFile(join(directory, 'a', 'b', 'f'), '')
  await chmod(join(directory, 'a', 'b'), 0o500)
  await chmod(join(directory, 'a'), 0)
  await removeTree(directory)
  await expect(readFile(directory)).rejects.toMatchObject({ code: 'ENOENT' })
  await rm(directory, { force: true })
})
