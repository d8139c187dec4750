import { compareBytes } from '@apkts/encoding'
import { RootfsError } from '../error.ts'
import { withRangeReader } from '../tree/files.ts'
import type { FileNode, Node } from '../tree/node.ts'
import type { Tree } from '../tree/tree.ts'
import { EM_AARCH64, EM_X86_64, readSharedObject, type SharedObject } from './elf.ts'

/** One line of the cache: where the loader finds a library of that name. */
export interface CachedLibrary {
  /** glibc's marks of ABI and word size. */
  readonly flags: number
  /** Absolute, without a slash at its end. */
  readonly directory: string
  readonly name: string
}

const FLAGS: Readonly<Record<number, number>> = { [EM_X86_64]: 0x0303, [EM_AARCH64]: 0x0a03 }

/** What is known of the files already looked at: a merged `/usr` shows every library twice. */
export type SeenLibraries = Map<FileNode, SharedObject | undefined>

export interface LibrariesOptions {
  readonly seen: SeenLibraries
  readonly skipForeign?: boolean | undefined
}

/**
 * The libraries of one directory, in byte order of their names. A missing directory has none.
 * @throws RootfsError `LIBRARY_MACHINE_UNKNOWN`
 */
export async function librariesIn(
  tree: Tree,
  directory: string,
  { seen, skipForeign = false }: LibrariesOptions,
): Promise<CachedLibrary[]> {
  const node = tree.lookup(directory)
  if (node?.kind !== 'directory') return []
  const libraries: CachedLibrary[] = []
  for (const name of [...node.children.keys()].filter(isLibraryName).sort(compareBytes)) {
    const object = await sharedObjectAt(tree, `${directory}/${name}`, seen)
    if (object === undefined) continue
    const flags = FLAGS[object.machine]
    if (flags === undefined && skipForeign) continue
    if (flags === undefined) throw unknownMachine(`${directory}/${name}`, object.machine)
    if (linkNames(object, name).includes(name)) libraries.push({ flags, directory, name })
  }
  return libraries
}

async function sharedObjectAt(tree: Tree, path: string, seen: SeenLibraries): Promise<SharedObject | undefined> {
  const file = lookupLeniently(tree, path)
  if (file?.kind !== 'file') return undefined
  if (!seen.has(file)) seen.set(file, await withRangeReader(file.content, readSharedObject))
  return seen.get(file)
}

// Links that go round in circles lead to no library.
function lookupLeniently(tree: Tree, path: string): Node | undefined {
  try {
    return tree.lookup(path)
  } catch (error) {
    if (error instanceof RootfsError && error.code === 'TOO_MANY_LINKS') return undefined
    throw error
  }
}

/** The names under which the loader may look for this object: its soname and the development link. */
function linkNames({ sonames }: SharedObject, file: string): string[] {
  const names = sonames.length === 0 && file.endsWith('.so') ? [file] : sonames
  return names.filter(isLibraryName).flatMap((soname) => [soname, `${stemOf(soname)}.so`])
}

function stemOf(soname: string): string {
  const versioned = soname.lastIndexOf('.so.')
  return versioned === -1 ? soname.slice(0, -'.so'.length) : soname.slice(0, versioned)
}

function isLibraryName(name: string): boolean {
  if (!name.startsWith('lib') && !name.startsWith('ld-')) return false
  return name.endsWith('.so') || name.indexOf('.so.') > 0
}

function unknownMachine(path: string, machine: number): RootfsError {
  return new RootfsError(
    'LIBRARY_MACHINE_UNKNOWN',
    `${path} is for ELF machine ${machine}: expected x86_64 (${EM_X86_64}) or aarch64 (${EM_AARCH64}) for ld.so.cache`,
    {
      hint: 'leave such libraries out of the cache with --skip-foreign-libraries, or /etc/ld.so.conf out of the image',
    },
  )
}
