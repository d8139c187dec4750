import type { ImageConfig } from '@apkts/config'
import { RootfsError } from './error.ts'
import { fileNode } from './tree/node.ts'
import { cleanPath, parentOf } from './tree/path.ts'
import { bytesContent, type Tree } from './tree/tree.ts'
import { walkNodes } from './tree/walk.ts'

export type PathMutation = ImageConfig['paths'][number]

const MUTATIONS: Readonly<Record<string, (tree: Tree, mutation: PathMutation) => void>> = {
  directory: (tree, { path, permissions }) => void tree.makeDirectories(path, permissions & 0o7777),
  'empty-file': makeEmptyFile,
  hardlink: makeHardLink,
  symlink: makeSymlink,
  permissions: () => {},
}

/**
 * Applies the configured path mutations in order. After each, mode and (if given) ownership are set through symlinks;
 * `recursive` extends that to everything beneath.
 * @throws RootfsError `PATH_TYPE_UNKNOWN`, or what the tree says, with the mutation's path in the message
 */
export function applyPaths(tree: Tree, mutations: readonly PathMutation[]): void {
  for (const mutation of mutations) {
    const mutate = Object.hasOwn(MUTATIONS, mutation.type) ? MUTATIONS[mutation.type] : undefined
    if (mutate === undefined) throw unknownType(mutation)
    try {
      mutate(tree, mutation)
      applyAttributes(tree, mutation)
    } catch (error) {
      throw error instanceof RootfsError ? forMutation(mutation, error) : error
    }
  }
}

function makeEmptyFile(tree: Tree, { path, permissions }: PathMutation): void {
  tree.makeDirectories(parentOf(cleanPath(path)))
  if (tree.lookup(path) === undefined) {
    tree.place(path, fileNode({ mode: permissions & 0o7777, content: bytesContent(new Uint8Array()) }))
  } else {
    tree.writeFile(path, new Uint8Array(), 0)
  }
}

function makeHardLink(tree: Tree, { path, source }: PathMutation): void {
  tree.makeDirectories(parentOf(cleanPath(path)))
  if (tree.lookup(source) === undefined) {
    throw new RootfsError('PATH_NOT_FOUND', `source ${source} does not exist in the image`)
  }
  tree.remove(path)
  tree.link(path, source)
}

function makeSymlink(tree: Tree, { path, source }: PathMutation): void {
  tree.makeDirectories(parentOf(cleanPath(path)))
  tree.symlink(path, source)
}

function applyAttributes(tree: Tree, mutation: PathMutation): void {
  changeAt(tree, mutation.path, mutation)
  if (!mutation.recursive) return
  const top = tree.resolve(mutation.path)
  if (top?.node.kind !== 'directory') return
  for (const { path } of walkNodes(top.node)) changeAt(tree, `${top.path}/${path}`, mutation)
}

function changeAt(tree: Tree, path: string, { permissions, uid, gid }: PathMutation): void {
  if (tree.lookup(path) === undefined) throw missing(tree, path)
  tree.change(path, { mode: permissions })
  if (uid !== undefined || gid !== undefined) tree.change(path, { uid: uid ?? 0, gid: gid ?? 0 })
}

function missing(tree: Tree, path: string): RootfsError {
  const shown = `/${cleanPath(path)}`
  const link = tree.lookup(path, { followLast: false })
  const why = link?.kind === 'symlink' ? `is a symlink to ${link.target}, which does not exist` : 'does not exist'
  return new RootfsError('PATH_NOT_FOUND', `${shown} ${why} in the image; permissions apply to what a path leads to`)
}

function unknownType({ path, type }: PathMutation): RootfsError {
  const found = type === '' ? 'no type' : `type "${type}"`
  return new RootfsError('PATH_TYPE_UNKNOWN', `path ${path} has ${found}`, {
    hint: `Expected one of: ${Object.keys(MUTATIONS).join(', ')}.`,
  })
}

function forMutation({ path, type }: PathMutation, error: RootfsError): RootfsError {
  return new RootfsError(error.code, `path mutation "${type}" of ${path}: ${error.message}`, { hint: error.hint })
}
