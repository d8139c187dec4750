import type { ContentRef } from '@apkts/archive'
import { RootfsError } from '../error.ts'
import { type DirectoryNode, directoryNode, fileNode, type Node, symlinkNode } from './node.ts'
import { baseName, cleanPath, parentOf, splitPath } from './path.ts'
import { type Resolved, type ResolveOptions, resolve } from './resolve.ts'

/** Attributes a node can be given after it exists. */
export interface AttributeChange {
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  readonly mtime?: number | undefined
}

/** The place of a name in a directory. */
export interface Slot {
  readonly parent: DirectoryNode
  readonly name: string
  /** Path of the name, without symlinks on the way. */
  readonly real: string
}

/**
 * A root filesystem in memory. Paths may be written with or without leading `/`; directories on the way may be
 * symlinks. Every operation names the path it failed on.
 */
export class Tree {
  readonly root: DirectoryNode = directoryNode({ mode: 0o755 })
  /** Tree path of a name that a package made as a hard link → link text as in the package. */
  readonly hardLinks = new Map<string, string>()
  /** Where the last name's parent was found: names mostly come directory by directory. */
  #parent: { readonly path: string; readonly found: Resolved } | undefined

  /** The node at a path, symlinks followed unless `followLast` is false; undefined when there is none. */
  lookup(path: string, options?: ResolveOptions): Node | undefined {
    return this.resolve(path, options)?.node
  }

  /** Like `lookup`, with the place where the node really is. */
  resolve(path: string, options?: ResolveOptions): Resolved | undefined {
    return resolve(this.root, splitPath(path), options)
  }

  /** The place of a name whose parent exists. @throws RootfsError `PATH_INVALID`, `PATH_NOT_FOUND`, `NOT_A_DIRECTORY` */
  slot(path: string): Slot {
    const clean = cleanPath(path)
    if (clean === '') throw new RootfsError('PATH_INVALID', `expected a path below the root, found "${path}"`)
    const name = baseName(clean)
    const spelled = parentOf(clean)
    const found = this.#findParent(spelled)
    if (found === undefined) throw notFound(spelled)
    const { node: parent, path: directory } = found
    if (parent.kind !== 'directory') throw notADirectory(spelled)
    if (directory === spelled) return { parent, name, real: clean }
    return { parent, name, real: directory === '' ? name : `${directory}/${name}` }
  }

  /** The node at a path. @throws RootfsError `PATH_NOT_FOUND` */
  get(path: string, options?: ResolveOptions): Node {
    const node = this.lookup(path, options)
    if (node === undefined) throw notFound(path)
    return node
  }

  /** The directory at a path. @throws RootfsError `PATH_NOT_FOUND`, `NOT_A_DIRECTORY` */
  directory(path: string): Resolved<DirectoryNode> {
    const resolved = this.resolve(path)
    if (resolved === undefined) throw notFound(path)
    if (resolved.node.kind !== 'directory') throw notADirectory(path)
    return { node: resolved.node, path: resolved.path }
  }

  /** Makes the missing components of a path, all with the same mode; what exists stays as it is. */
  makeDirectories(path: string, mode = 0o755): DirectoryNode {
    const components = splitPath(path)
    let directory = this.root
    for (let i = 0; i < components.length; i++) {
      directory = this.#childDirectory(directory, components, i, mode)
    }
    return directory
  }

  #childDirectory(parent: DirectoryNode, components: readonly string[], index: number, mode: number): DirectoryNode {
    const name = components[index]!
    const child = parent.children.get(name)
    if (child === undefined) {
      const created = directoryNode({ mode })
      parent.children.set(name, created)
      return created
    }
    if (child.kind === 'directory') return child
    const target = child.kind === 'symlink' ? resolve(this.root, components.slice(0, index + 1))?.node : child
    if (target?.kind !== 'directory') throw notADirectory(`/${components.slice(0, index + 1).join('/')}`)
    return target
  }

  /** Puts a node under a name whose parent exists, replacing what was there. Returns the real path. */
  place(path: string, node: Node): string {
    return this.put(this.slot(path), node)
  }

  /** Puts a node into its place, replacing what was there. Returns the real path. */
  put({ parent, name, real }: Slot, node: Node): string {
    if (parent.children.has(name)) this.#parent = undefined
    parent.children.set(name, node)
    this.hardLinks.delete(real)
    return real
  }

  /**
   * Writes a file that belongs to the image itself. An existing file keeps mode, owner, mtime and package; and, as in
   * apko, a package file keeps its content when the new one is empty.
   */
  writeFile(path: string, bytes: Uint8Array, mode: number): void {
    const existing = this.lookup(path)
    if (existing === undefined) {
      this.place(path, fileNode({ mode, content: bytesContent(bytes) }))
      return
    }
    if (existing.kind !== 'file') throw new RootfsError('IS_A_DIRECTORY', `${path} exists and is not a regular file`)
    if (bytes.length > 0 || existing.owner === undefined) existing.content = bytesContent(bytes)
  }

  /** A new symlink takes the modification time of its directory. @throws RootfsError `PATH_EXISTS` */
  symlink(path: string, target: string): void {
    const slot = this.slot(path)
    if (slot.parent.children.has(slot.name)) throw exists(path)
    this.put(slot, symlinkNode({ mode: 0o777, target, mtime: slot.parent.mtime }))
  }

  /**
   * A second name for the node at `target`, which may be a directory as in apko. Returns the real path of the new name.
   * @throws RootfsError `IS_A_DIRECTORY` for a name within that directory, `PATH_EXISTS`
   */
  link(path: string, target: string): string {
    const node = this.get(target)
    if (node.kind === 'directory' && holds(node, this.slot(path).parent)) {
      throw new RootfsError('IS_A_DIRECTORY', `cannot hard link directory ${target} to a place in itself`)
    }
    if (this.lookup(path, { followLast: false }) !== undefined) throw exists(path)
    return this.place(path, node)
  }

  /** Removes one name, a directory with all that is in it. Missing names are fine. */
  remove(path: string): void {
    const resolved = this.resolve(path, { followLast: false })
    if (resolved === undefined) return
    this.directory(parentOf(resolved.path)).node.children.delete(baseName(resolved.path))
    this.#parent = undefined
    this.hardLinks.delete(resolved.path)
  }

  /** Changes attributes of what the path leads to, symlinks followed. @throws RootfsError `PATH_NOT_FOUND` */
  change(path: string, attributes: AttributeChange): void {
    changeNode(this.get(path), attributes)
  }

  /** What a clean path leads to. It stays that as long as no name is taken away or replaced. */
  #findParent(path: string): Resolved | undefined {
    if (this.#parent?.path === path) return this.#parent.found
    const found = this.resolve(path)
    this.#parent = found && { path, found }
    return found
  }
}

export function changeNode(node: Node, { mode, uid, gid, mtime }: AttributeChange): void {
  if (mode !== undefined) node.mode = mode & 0o7777
  if (uid !== undefined) node.uid = uid
  if (gid !== undefined) node.gid = gid
  if (mtime !== undefined) node.mtime = mtime
}

export function bytesContent(bytes: Uint8Array): ContentRef {
  return { kind: 'bytes', bytes }
}

/** Whether a directory is `wanted` or has it anywhere below. */
function holds(directory: DirectoryNode, wanted: DirectoryNode): boolean {
  if (directory === wanted) return true
  return [...directory.children.values()].some((child) => child.kind === 'directory' && holds(child, wanted))
}

function notFound(path: string): RootfsError {
  return new RootfsError('PATH_NOT_FOUND', `${path}: no such file or directory in the image`)
}

function notADirectory(path: string): RootfsError {
  return new RootfsError('NOT_A_DIRECTORY', `${path}: not a directory`)
}

function exists(path: string): RootfsError {
  return new RootfsError('PATH_EXISTS', `${path} already exists`)
}
