import { readFile, realpath } from 'node:fs/promises'
import { isAbsolute, join, relative } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { BuildError } from './error.ts'

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
    const [root, file] = await Promise.all([realpath(workspace), realpath(join(workspace, path))])
    if (relative(root, file).startsWith('..')) throw problem('it lies outside the workspace')
    return await readFile(file, 'utf8')
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw problem(error.code === 'ENOENT' ? 'no such file' : error.message, error)
  }
}
