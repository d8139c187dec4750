import { closeSync, futimesSync, linkSync, lutimesSync, mkdirSync, openSync, symlinkSync } from 'node:fs'
import { chmod, mkdir, open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { contentSize, readContent, writeFully } from '@apkts/archive'
import { type Log, silentLog } from '@apkts/diagnostics'
import { ContentFiles } from '@apkts/oci'
import { RootfsError } from './error.ts'
import type { DirectoryNode, FileNode, Node, SymlinkNode } from './tree/node.ts'
import { leavesRoot } from './tree/path.ts'
import type { Tree } from './tree/tree.ts'
import { walkNodes } from './tree/walk.ts'

/** How a tree is written to disk. */
export interface MaterialiseOptions {
  readonly log?: Log
  readonly signal?: AbortSignal | undefined
  /** Also set modification times of files and symlinks. Default false. */
  readonly times?: boolean
}

/** What was written to disk. */
export interface Materialised {
  readonly files: number
  readonly bytes: number
  /** Paths that were left out: devices, and symlinks that lead out of the tree. */
  readonly skipped: readonly string[]
}

const COPY_LIMIT = 4
const SMALL_FILE = 1 << 18
const PERMISSIONS = 0o777
const OWNER_ALL = 0o700
const PAUSE_AFTER_MS = 20

/**
 * Writes a tree into a directory of the host, which must be new or empty. Everything belongs to the caller; modes are
 * the permission bits minus the umask. Devices are left out, and extended attributes too, which Node cannot set.
 * No path is written through a symlink, so nothing outside the directory changes whatever the packages contain.
 * @throws RootfsError `DIRECTORY_NOT_EMPTY`
 */
export async function materialise(
  tree: Tree,
  directory: string,
  options: MaterialiseOptions = {},
): Promise<Materialised> {
  await claimDirectory(directory)
  const writer = new TreeWriter(directory, options)
  try {
    await writer.write(tree)
  } finally {
    await writer.close()
  }
  return writer.result
}

async function claimDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: OWNER_ALL })
  if ((await readdir(directory)).length === 0) return
  throw new RootfsError(
    'DIRECTORY_NOT_EMPTY',
    `expected an empty directory to write a root filesystem to: ${directory}`,
  )
}

/**
 * Small files are written synchronously: for tens of thousands of them the way through the thread pool costs more than
 * the write. Large ones are copied in the pool meanwhile.
 */
class TreeWriter {
  readonly result = { files: 0, bytes: 0, skipped: [] as string[] }
  readonly #contents = new ContentFiles()
  readonly #buffer = Buffer.allocUnsafeSlow(SMALL_FILE)
  readonly #firstNames = new Map<FileNode, string>()
  readonly #copies = new Set<Promise<void>>()
  readonly #restricted: { path: string; mode: number }[] = []
  #copyError: { readonly error: unknown } | undefined

  constructor(
    readonly directory: string,
    readonly options: MaterialiseOptions,
  ) {}

  async write(tree: Tree): Promise<void> {
    let paused = performance.now()
    for (const { path, node } of walkNodes(tree.root)) {
      this.#throwIfStopped()
      await this.#writeNode(path, node)
      if (performance.now() - paused < PAUSE_AFTER_MS) continue
      await new Promise((resolve) => setImmediate(resolve))
      paused = performance.now()
    }
    await Promise.all(this.#copies)
    this.#throwIfStopped()
    for (const { path, mode } of this.#restricted.reverse()) await chmod(path, (await stat(path)).mode & mode)
  }

  async close(): Promise<void> {
    await Promise.all(this.#copies)
    this.#contents.close()
  }

  async #writeNode(path: string, node: Node): Promise<void> {
    const target = join(this.directory, path)
    switch (node.kind) {
      case 'directory':
        this.#writeDirectory(target, node)
        break
      case 'file':
        await this.#writeFile(target, node)
        break
      case 'symlink':
        this.#writeSymlink(path, target, node)
        break
      case 'character-device':
        this.result.skipped.push(path)
    }
  }

  // A directory stays writable until its content is in place.
  #writeDirectory(target: string, { mode }: DirectoryNode): void {
    const permissions = mode & PERMISSIONS
    mkdirSync(target, permissions | OWNER_ALL)
    if ((permissions & OWNER_ALL) !== OWNER_ALL) this.#restricted.push({ path: target, mode: permissions })
  }

  #writeSymlink(path: string, target: string, node: SymlinkNode): void {
    if (leavesRoot(path, node.target)) {
      ;(this.options.log ?? silentLog).warn(`skipping symlink /${path}: ${node.target} leads out of the root`)
      this.result.skipped.push(path)
      return
    }
    symlinkSync(node.target, target)
    if (this.options.times && node.mtime !== undefined) lutimesSync(target, node.mtime, node.mtime)
  }

  async #writeFile(target: string, node: FileNode): Promise<void> {
    const first = this.#firstNames.get(node)
    if (first !== undefined) {
      await Promise.all(this.#copies)
      linkSync(first, target)
      return
    }
    this.#firstNames.set(node, target)
    this.result.files++
    this.result.bytes += contentSize(node.content)
    if (contentSize(node.content) <= SMALL_FILE) this.#writeSmall(target, node)
    else await this.#startCopy(target, node)
  }

  #writeSmall(target: string, { content, mode, mtime }: FileNode): void {
    const bytes = this.#buffer.subarray(0, contentSize(content))
    this.#contents.read(content, 0, bytes)
    const file = openSync(target, 'wx', mode & PERMISSIONS)
    try {
      writeFully(file, bytes)
      if (this.options.times && mtime !== undefined) futimesSync(file, mtime, mtime)
    } finally {
      closeSync(file)
    }
  }

  async #startCopy(target: string, node: FileNode): Promise<void> {
    while (this.#copies.size >= COPY_LIMIT) await Promise.race(this.#copies)
    const copy = this.#copy(target, node)
      .catch((error: unknown) => {
        this.#copyError ??= { error }
      })
      .finally(() => this.#copies.delete(copy))
    this.#copies.add(copy)
  }

  async #copy(target: string, { content, mode, mtime }: FileNode): Promise<void> {
    const file = await open(target, 'wx', mode & PERMISSIONS)
    try {
      for await (const chunk of readContent(content)) await file.writeFile(chunk)
      if (this.options.times && mtime !== undefined) await file.utimes(mtime, mtime)
    } finally {
      await file.close()
    }
  }

  #throwIfStopped(): void {
    this.options.signal?.throwIfAborted()
    if (this.#copyError !== undefined) throw this.#copyError.error
  }
}
