import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { decompressModule } from '@apkts/archive'
import { isSystemError } from '@apkts/diagnostics'

/** No module comes near this size. */
const MAX_MODULE = 1 << 28
const DEPENDS = Buffer.from('\0depends=')
const EXTENSION = /\.ko(\.(gz|xz|zst))?$/

/** The modules of a kernel: where they lie, and what is in the kernel itself. */
export interface ModuleTree {
  readonly directory: string
  /** Name → file. */
  readonly files: ReadonlyMap<string, string>
  readonly builtin: ReadonlySet<string>
}

export interface Module {
  readonly name: string
  readonly bytes: Uint8Array
}

/** The tree of modules in a directory such as `/lib/modules/6.1.0-56-amd64`; undefined when there is none. */
export async function readModuleTree(directory: string): Promise<ModuleTree | undefined> {
  try {
    const names = await readdir(join(directory, 'kernel'), { recursive: true })
    const files = names.filter((name) => EXTENSION.test(name)).map((name) => join(directory, 'kernel', name))
    const builtin = await readFile(join(directory, 'modules.builtin'), 'utf8').catch(absentText)
    return {
      directory,
      files: new Map(files.map((file) => [moduleName(file), file])),
      builtin: new Set(builtin.split('\n').filter(Boolean).map(moduleName)),
    }
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return undefined
    throw error
  }
}

function absentText(error: unknown): string {
  if (isSystemError(error, 'ENOENT')) return ''
  throw error
}

/** Name of a module from its file, as the kernel writes it. */
export function moduleName(file: string): string {
  return basename(file).replace(EXTENSION, '').replaceAll('-', '_')
}

/** What a module says it needs (section `.modinfo`), by name. */
export function moduleDepends(bytes: Uint8Array): string[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const at = view.indexOf(DEPENDS)
  if (at < 0) return []
  const start = at + DEPENDS.length
  const end = view.indexOf(0, start)
  const text = view.toString('latin1', start, end < 0 ? view.length : end)
  return text.split(',').filter(Boolean).map(moduleName)
}

/** Names that are neither a module of the tree nor part of its kernel. */
export function absentModules(tree: ModuleTree, names: readonly string[]): string[] {
  return names.filter((name) => !tree.files.has(name) && !tree.builtin.has(name))
}

/** These modules with all that they need, unpacked, each after what it needs; those in the kernel itself are left out. */
export async function loadModules(tree: ModuleTree, names: readonly string[]): Promise<Module[]> {
  const loaded = new Map<string, Module>()
  const visited = new Set<string>()
  const visit = async (name: string): Promise<void> => {
    const file = tree.files.get(name)
    if (file === undefined || visited.has(name)) return
    visited.add(name)
    const bytes = await decompressModule(await readFile(file), MAX_MODULE)
    for (const needed of moduleDepends(bytes)) await visit(needed)
    loaded.set(name, { name, bytes })
  }
  for (const name of names) await visit(name)
  return [...loaded.values()]
}
