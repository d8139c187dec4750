import { ApkoError } from '../../error.ts'
import type { FileFacts } from './facts.ts'
import { type LayerItem, partsOf } from './layer.ts'

/** The files of an image, and the contents that say what is in it. */
export interface ImageFiles {
  /** In byte order of their components. */
  readonly files: ReadonlyMap<string, FileFacts>
  readonly contents: ReadonlyMap<string, Uint8Array>
}

interface Node {
  /** Undefined for a directory that only its content implies. */
  item: LayerItem | undefined
  children: Map<string, Node> | undefined
}

const WHITEOUT = '.wh.'
const OPAQUE = '.wh..wh..opq'
/** Paths of an image, implied directories included. */
const MAX_PATHS = 4_000_000

/** Puts layers on top of each other, bottom first, with their whiteouts (OCI image-spec, layer.md). */
export class LayerStack {
  readonly #root: Node = { item: undefined, children: undefined }
  #paths = 0

  add(layer: readonly LayerItem[]): void {
    for (const { parts } of layer) this.#whiteOut(parts)
    const links: { readonly node: Node; readonly target: string }[] = []
    for (const item of layer) {
      const name = item.parts.at(-1)
      if (name === undefined || name.startsWith(WHITEOUT)) continue
      const node = this.#make(item.parts)
      if (item.facts.type !== 'directory') node.children = undefined
      node.item = item
      if (item.facts.type === 'hardlink') links.push({ node, target: item.facts.link ?? '' })
    }
    // A hard link may stand before the file it names.
    for (const { node, target } of links) node.item = linked(node.item, this.#find(partsOf(target)))
  }

  /** The files of all layers together. */
  finish(): ImageFiles {
    const files = new Map<string, FileFacts>()
    const contents = new Map<string, Uint8Array>()
    const todo: { readonly path: string; readonly node: Node }[] = [{ path: '', node: this.#root }]
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      const { path, node } = next
      if (node.item !== undefined) files.set(path, node.item.facts)
      if (node.item?.content !== undefined) contents.set(path, node.item.content)
      const children = [...(node.children ?? [])].sort(([a], [b]) => (a < b ? 1 : -1))
      for (const [name, child] of children) todo.push({ path: path === '' ? name : `${path}/${name}`, node: child })
    }
    return { files, contents }
  }

  #whiteOut(parts: readonly string[]): void {
    const name = parts.at(-1)
    if (name?.startsWith(WHITEOUT) !== true) return
    const parent = this.#find(parts.slice(0, -1))
    if (name === OPAQUE) {
      if (parent !== undefined) parent.children = undefined
    } else parent?.children?.delete(name.slice(WHITEOUT.length))
  }

  #find(parts: readonly string[]): Node | undefined {
    let node: Node | undefined = this.#root
    for (const part of parts) node = node?.children?.get(part)
    return node
  }

  #make(parts: readonly string[]): Node {
    let node = this.#root
    for (const part of parts) {
      node.children ??= new Map()
      let child = node.children.get(part)
      if (child === undefined) {
        this.#paths += 1
        if (this.#paths > MAX_PATHS) throw tooMany()
        child = { item: undefined, children: undefined }
        node.children.set(part, child)
      }
      node = child
    }
    return node
  }
}

/** A hard link is compared as the file it names. */
function linked(own: LayerItem | undefined, target: Node | undefined): LayerItem | undefined {
  const item = target?.item
  return own === undefined || item === undefined || item.facts.type === 'hardlink' ? own : { ...item, parts: own.parts }
}

function tooMany(): ApkoError {
  return new ApkoError('IMAGE_HOSTILE', `the image has more than ${MAX_PATHS} paths`)
}
