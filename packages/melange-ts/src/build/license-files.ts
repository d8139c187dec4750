import { lstat, readFile, readlink } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { BuildError } from './error.ts'

const MAX_LINKS = 40

/**
 * Text of a licence file that a recipe names, from the workspace.
 * @throws BuildError `LICENSE_FILE` when it cannot be read or lies outside.
 */
export async function readLicenseFile(workspace: string, path: string): Promise<string> {
  const problem = (what: string, cause?: unknown): BuildError =>
    new BuildError('LICENSE_FILE', `cannot read the licence file ${path}: ${what}`, {
      cause,
      hint: 'license-path is relative to the directory the steps start in',
    })
  if (isAbsolute(path)) throw problem('the path is absolute')
  try {
    const file = await followLinks(workspace, path)
    if (file === undefined) throw problem('it lies outside the workspace')
    return await readFile(file, 'utf8')
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw problem(error.code === 'ENOENT' ? 'no such file' : error.message, error)
  }
}

/**
 * The file that a path below `root` leads to; undefined when it leaves `root`. Not `realpath`: a workspace may lie in another
 * mount namespace, below a link of `/proc` that only the kernel can follow.
 */
async function followLinks(root: string, path: string): Promise<string | undefined> {
  const pending = path.split('/').filter((part) => part !== '' && part !== '.')
  const done: string[] = []
  for (let links = 0; pending.length > 0; ) {
    const part = pending.shift()!
    if (part !== '..') done.push(part)
    else if (done.pop() === undefined) return undefined
    const place = join(root, ...done)
    if (part === '..' || !(await lstat(place)).isSymbolicLink()) continue
    const target = await readlink(place)
    links += 1
    if (isAbsolute(target) || links > MAX_LINKS) return undefined
    done.pop()
    pending.unshift(...target.split('/').filter((each) => each !== '' && each !== '.'))
  }
  return join(root, ...done)
}
