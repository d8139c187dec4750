import type { LayerEntry, LayerFacts } from './layer.ts'

const WHITEOUT = '.wh.'
const OPAQUE = '.wh..wh..opq'
const MAX_LINKS = 40

/** The files of an image: its layers put on top of each other (OCI image-spec, layer.md). */
export interface ImageTree {
  /** The entry a path leads to, links in its directories followed; undefined when there is none. */
  lookup(path: string): LayerEntry | undefined
  /** Content of the newest installed database, and its path. */
  readonly database: { readonly path: string; readonly bytes: Uint8Array } | undefined
}

/** Stacks layers, bottom first, with their whiteouts. */
export function stackLayers(layers: readonly LayerFacts[]): ImageTree {
  const entries = new Map<string, LayerEntry>()
  let database: ImageTree['database']
  for (const layer of layers) {
    for (const path of layer.entries.keys()) applyWhiteout(path, entries)
    for (const [path, entry] of layer.entries) {
      if (!baseName(path).startsWith(WHITEOUT)) entries.set(path, entry)
    }
    for (const [path, bytes] of layer.databases) database = { path, bytes }
  }
  return { lookup: (path) => lookup(path, entries), database }
}

function applyWhiteout(path: string, entries: Map<string, LayerEntry>): void {
  const name = baseName(path)
  if (!name.startsWith(WHITEOUT)) return
  const directory = path.slice(0, path.length - name.length)
  const removed = name === OPAQUE ? directory : `${directory}${name.slice(WHITEOUT.length)}`
  if (name !== OPAQUE) entries.delete(removed)
  const below = name === OPAQUE ? removed : `${removed}/`
  for (const candidate of entries.keys()) if (candidate.startsWith(below)) entries.delete(candidate)
}

function lookup(path: string, entries: ReadonlyMap<string, LayerEntry>): LayerEntry | undefined {
  const entry = entries.get(realPath(path, entries))
  return entry?.type === 'hardlink' ? entries.get(entry.linkname.replace(/^(\.?\/)+/, '')) : entry
}

/** The path with the symbolic links of its directories followed; the last part stays as it is. */
function realPath(path: string, entries: ReadonlyMap<string, LayerEntry>): string {
  let todo = path.split('/')
  let done: string[] = []
  for (let links = 0; todo.length > 0; ) {
    const part = todo.shift()!
    if (part === '' || part === '.') continue
    if (part === '..') {
      done.pop()
      continue
    }
    done.push(part)
    const entry = todo.length === 0 ? undefined : entries.get(done.join('/'))
    if (entry?.type !== 'symlink' || ++links > MAX_LINKS) continue
    done = entry.linkname.startsWith('/') ? [] : done.slice(0, -1)
    todo = [...entry.linkname.split('/'), ...todo]
  }
  return done.join('/')
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
