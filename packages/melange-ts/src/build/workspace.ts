import { constants } from 'node:fs'
import { chmod, copyFile, lstat, mkdir, readdir, readFile, realpath, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isSystemError, type Log } from '@apkts/diagnostics'
import { compareBytes } from '@apkts/encoding'
import { type IgnoreRules, parseIgnoreRules } from './ignore-rules.ts'

const IGNORE_FILE = '.melangeignore'

export interface WorkspaceOptions {
  readonly directory: string
  /** Copied into the workspace. */
  readonly source: string
  /** Files and directories that never enter a workspace: keys, packages, caches, other workspaces. */
  readonly withheld: readonly string[]
  /** Further files: path → text. */
  readonly files: ReadonlyMap<string, string>
  /** False copies everything, whatever `.melangeignore` says. */
  readonly useIgnoreRules: boolean
  readonly log: Log
}

/**
 * Fills a workspace with the regular files of a source directory that no ignore rule matches, permission bits kept. A missing
 * source directory is a warning, and then nothing is written at all.
 */
export async function populateWorkspace(options: WorkspaceOptions): Promise<void> {
  const rules = await readRules(options)
  if (rules === undefined) return
  for (const [path, text] of options.files) {
    await mkdir(dirname(join(options.directory, path)), { recursive: true })
    await writeFile(join(options.directory, path), text)
  }
  const withheld = new Set(await Promise.all(options.withheld.map(realPath)))
  withheld.add(await realPath(options.directory))
  await copyDirectory('', { ...options, rules, withheld, root: await realPath(options.source) })
}

async function readRules({ source, useIgnoreRules, log }: WorkspaceOptions): Promise<IgnoreRules | undefined> {
  const entries = await readdir(source).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return undefined
    throw error
  })
  if (entries === undefined) {
    log.warn(`source directory ${source} does not exist: the workspace starts empty`)
    return undefined
  }
  const file = join(source, IGNORE_FILE)
  return parseIgnoreRules(useIgnoreRules && entries.includes(IGNORE_FILE) ? await readFile(file, 'utf8') : '', file)
}

async function realPath(path: string): Promise<string> {
  return realpath(path).catch((error: unknown) => {
    if (isSystemError(error)) return path
    throw error
  })
}

interface Copy {
  readonly directory: string
  readonly root: string
  readonly rules: IgnoreRules
  readonly withheld: ReadonlySet<string>
  readonly log: Log
}

async function copyDirectory(path: string, copy: Copy): Promise<void> {
  for (const name of (await readdir(join(copy.root, path))).sort(compareBytes)) {
    const relative = path === '' ? name : `${path}/${name}`
    const source = join(copy.root, relative)
    if (copy.withheld.has(source)) {
      copy.log.debug(`${source} stays out of the workspace`)
      continue
    }
    const stats = await lstat(source)
    if (stats.isDirectory()) await copyDirectory(relative, copy)
    else if (stats.isFile() && !copy.rules.ignores(relative))
      await copyRegular(source, join(copy.directory, relative), stats.mode)
  }
}

async function copyRegular(source: string, target: string, mode: number): Promise<void> {
  await mkdir(dirname(target), { recursive: true })
  // Shares the blocks where the file system can; a write to either makes them two.
  await copyFile(source, target, constants.COPYFILE_FICLONE)
  await chmod(target, mode & 0o777)
}
