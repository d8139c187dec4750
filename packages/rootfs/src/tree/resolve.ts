import { RootfsError } from '../error.ts'
import type { DirectoryNode, Node } from './node.ts'
import { joinLink } from './path.ts'

const MAX_LINK_DEPTH = 40

/** A node and where it really is, after every symlink on the way. */
export interface Resolved<N extends Node = Node> {
  readonly node: N
  readonly path: string
}

export interface ResolveOptions {
  /** Follow a symlink in the last place too. Default true. */
  readonly followLast?: boolean
}

/**
 * Walks components from the root. An absolute link restarts at the root; a relative one is joined to the directory
 * *as spelled* so far and cleaned lexically, as apko does. Undefined when something on the way is missing.
 * @throws RootfsError `TOO_MANY_LINKS` beyond 40 levels of symlinks.
 */
export function resolve(
  root: DirectoryNode,
  components: readonly string[],
  { followLast = true }: ResolveOptions = {},
): Resolved | undefined {
  return walk(root, components, followLast, 0)
}

function walk(
  root: DirectoryNode,
  components: readonly string[],
  followLast: boolean,
  depth: number,
): Resolved | undefined {
  if (depth > MAX_LINK_DEPTH) {
    throw new RootfsError(
      'TOO_MANY_LINKS',
      `more than ${MAX_LINK_DEPTH} symlinks on the way to /${components.join('/')}`,
    )
  }
  let node: Node = root
  let path = ''
  for (let i = 0; i < components.length; i++) {
    if (node.kind !== 'directory') return undefined
    const name = components[i]!
    const child: Node | undefined = node.children.get(name)
    if (child === undefined) return undefined
    if (child.kind === 'symlink' && (followLast || i < components.length - 1)) {
      const target = walk(root, joinLink(components.slice(0, i), child.target), true, depth + 1)
      if (target === undefined) return undefined
      node = target.node
      path = target.path
    } else {
      node = child
      path = path === '' ? name : `${path}/${name}`
    }
  }
  return { node, path }
}
