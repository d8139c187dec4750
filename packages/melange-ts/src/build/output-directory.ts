import { lstat, mkdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { BuildError } from './error.ts'
import { OUTPUT_DIRECTORY } from './trees.ts'

/** Makes the directory that becomes a package, unless it is there. @throws BuildError `OUTPUT_REPLACED` */
export async function makeOutput(workspace: string, name: string): Promise<void> {
  await checkDirectory(workspace, OUTPUT_DIRECTORY)
  await checkDirectory(workspace, `${OUTPUT_DIRECTORY}/${name}`)
  await mkdir(join(workspace, OUTPUT_DIRECTORY, name), { recursive: true })
}

/**
 * Directories of packages are read and made by this program, with the rights of its caller. A step that puts a link in their
 * place would have it read or write wherever the link leads on the host.
 * @throws BuildError `OUTPUT_REPLACED` when a step left something else than a directory.
 */
export async function checkOutputs(workspace: string, names: readonly string[]): Promise<void> {
  await checkDirectory(workspace, OUTPUT_DIRECTORY)
  for (const path of names.map((name) => `${OUTPUT_DIRECTORY}/${name}`)) {
    if (await checkDirectory(workspace, path)) continue
    throw new BuildError('OUTPUT_REPLACED', `a step has removed ${path}`, {
      hint: 'a package without files needs its directory, too',
    })
  }
}

/** False when there is nothing. */
async function checkDirectory(workspace: string, path: string): Promise<boolean> {
  const file = join(workspace, path)
  const stats = await lstat(file).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  })
  if (stats === undefined || stats.isDirectory()) return stats !== undefined
  const what = stats.isSymbolicLink() ? `a link to ${JSON.stringify(await readlink(file))}` : 'not a directory any more'
  throw new BuildError('OUTPUT_REPLACED', `a step has replaced ${path}: it is ${what}`, {
    hint: 'put files into that directory; to package another one, copy it: cp -a DIR/. ${{targets.destdir}}/',
  })
}
