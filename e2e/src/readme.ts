import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { transform } from 'esbuild'
import { execa } from 'execa'
import { ROOT } from './commands.ts'
import { runPage } from './page.ts'
import { MADE } from './quickstart.ts'
import { makeKey, makeRepository } from './repository.ts'

/** What the examples of packages find around them: a repository with `hello`, a toolchain, a root file system. */
export async function prepareReadmes(directory: string, { canBuild }: { readonly canBuild: boolean }): Promise<void> {
  const hello = { name: 'hello', files: { 'usr/bin/hello': '#!/bin/sh\necho hello\n' } }
  await makeRepository(join(directory, 'packages'), [hello], await makeKey('local'))
  if (!canBuild) return
  await symlink(join(MADE, 'toolchain'), join(directory, 'toolchain'))
  await mkdir(join(directory, 'workspace'))
  await mkdir(join(directory, 'guest/bin'), { recursive: true })
  const busybox = `tar -xzOf toolchain/*/busybox-static-*.apk usr/bin/busybox > guest/bin/busybox`
  await execa('sh', ['-c', `${busybox} && chmod 755 guest/bin/busybox && ln -s busybox guest/bin/sh`], {
    cwd: directory,
  })
}

/** The TypeScript of a package's README as one program; undefined when it has none. */
export async function readmeProgram(folder: string): Promise<string | undefined> {
  const text = await readFile(join(ROOT, 'packages', folder, 'README.md'), 'utf8')
  const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block]) => block)
  return blocks.length === 0 ? undefined : ["import assert from 'node:assert/strict'", ...blocks].join('\n')
}

/** Runs the examples of a README: files and lines of shell from top to bottom, then its TypeScript. Returns what that printed. */
export async function runReadme(folder: string, home: string, commands: string): Promise<string> {
  await runPage(`packages/${folder}/README.md`, { home, commands })
  const program = await readmeProgram(folder)
  if (program === undefined) return ''
  await writeFile(join(home, 'program.ts'), program)
  const { code } = await transform(program, { loader: 'ts', format: 'esm', target: 'node20' })
  await writeFile(join(home, 'program.mjs'), code)
  return (await execa('node', ['program.mjs'], { cwd: home, env: { HOME: home } })).stdout
}
