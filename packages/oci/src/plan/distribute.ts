import type { LayerEntry } from '../layer/entry.ts'

/** An entry of the whole image and the package that owns it, if one does. */
export interface OwnedEntry extends LayerEntry {
  readonly owner?: string | undefined
}

/** What goes into one layer. */
export interface LayerPlan {
  /** Names of the packages whose files it holds; none for a top layer. */
  readonly packages: readonly string[]
  readonly entries: readonly LayerEntry[]
}

/** The entries of a root filesystem and the packages that share a layer. */
export interface DistributeInput {
  /** Depth first, siblings in byte order, directories before their content. */
  readonly entries: Iterable<OwnedEntry>
  readonly groups: readonly (readonly string[])[]
  /** A file of the top layer that every group layer gets a part of, such as the database of installed packages. */
  readonly shared: { readonly path: string; part(packages: readonly string[]): Uint8Array }
}

/**
 * Deals the entries of an image out to one layer per group and a top layer for everything no package owns. A layer
 * repeats the directories above its files, stamped with the time of the file that follows. Like apko the walk forgets a
 * directory only when it meets the next one, so a sibling directory may be repeated too; equality needs that.
 */
export function distributeEntries({ entries, groups, shared }: DistributeInput): LayerPlan[] {
  const groupLayers = groups.map((packages) => new LayerBuilder(packages))
  const layerOf = new Map(groupLayers.flatMap((layer) => layer.packages.map((name) => [name, layer] as const)))
  const top = new LayerBuilder([])
  const directories: LayerEntry[] = []
  for (const entry of entries) {
    const { owner } = entry
    if (entry.header.type === 'directory') enterDirectory(directories, entry)
    const layer = (owner === undefined ? undefined : layerOf.get(owner)) ?? top
    layer.add(entry, directories)
    if (entry.header.path !== shared.path) continue
    for (const group of groupLayers) group.add(withContent(entry, shared.part(group.packages)), directories)
  }
  return [...groupLayers, top]
}

function enterDirectory(stack: LayerEntry[], entry: LayerEntry): void {
  while (stack.length > 0 && !isParent(stack.at(-1)!.header.path, entry.header.path)) stack.pop()
  stack.push(entry)
}

function isParent(directory: string, path: string): boolean {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0)) === directory
}

function withContent({ header }: LayerEntry, bytes: Uint8Array): LayerEntry {
  return { header: { ...header, size: bytes.length }, content: { kind: 'bytes', bytes } }
}

class LayerBuilder implements LayerPlan {
  readonly entries: LayerEntry[] = []
  /** The directories this layer was last aligned to. */
  #stack: LayerEntry[] = []

  constructor(readonly packages: readonly string[]) {}

  add(entry: LayerEntry, directories: readonly LayerEntry[]): void {
    this.#align(directories, entry.header.mtime)
    if (entry.header.type !== 'directory') this.entries.push(entry)
  }

  #align(directories: readonly LayerEntry[], mtime: number): void {
    let common = 0
    while (common < directories.length && this.#stack[common] === directories[common]) common++
    for (const { header, content } of directories.slice(common)) {
      this.entries.push({ header: { ...header, mtime }, content })
    }
    this.#stack = [...directories]
  }
}
