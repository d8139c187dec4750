import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { DETECTORS } from './detectors.ts'

export type BuildSystem = 'autotools' | 'cmake' | 'meson' | 'go' | 'cargo' | 'python' | 'npm' | 'perl' | 'make'

/** What a source tree says about itself; nothing of it is trusted to be a valid name or version. */
export interface Project {
  readonly system: BuildSystem
  readonly name?: string | undefined
  readonly version?: string | undefined
  readonly description?: string | undefined
  /** Names of the programs it installs, where it says so. */
  readonly programs?: readonly string[]
  /** The tree has no `configure` yet. */
  readonly bootstrap?: boolean
}

/** Reads a file of the tree; undefined when it is not there. */
export type ReadProjectFile = (name: string) => Promise<string | undefined>

const MAX_FILE = 4 * 1024 * 1024

/** The build system of a source tree, by the files at its top; undefined when there is none that is known. */
export async function detectProject(directory: string): Promise<Project | undefined> {
  const names = new Set(await readdir(directory))
  const read: ReadProjectFile = async (name) => (names.has(name) ? await readText(join(directory, name)) : undefined)
  for (const detect of DETECTORS) {
    const project = await detect(names, read)
    if (project !== undefined) return project
  }
  return undefined
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).slice(0, MAX_FILE)
  } catch (error) {
    if (isSystemError(error)) return undefined
    throw error
  }
}
