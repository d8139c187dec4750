import { chmod, chown, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { canMount, type Guest, type MountedOverlays, type Overlay } from '@apkts/sandbox'
import { describeGuest } from './guest-environment.ts'
import { hasHardLinks } from './hard-links.ts'
import { type Pod, type PodOptions, tryMount } from './pod.ts'
import { removeTree } from './remove-tree.ts'

/** Looking through many layers costs more than going on from a step saves. */
const MAX_LAYERS = 48

/** Directory, in that of a build, with its layers by number. */
export const LAYERS = 'layers'

/** What the steps up to one (`after`, counted from 1) wrote, as a numbered layer. */
export interface Snapshot {
  readonly after: number
  readonly layer: number
}

export interface LayeredPodOptions extends PodOptions {
  /** Layers of an earlier build to stand on, oldest first. */
  readonly snapshots: readonly Snapshot[]
  /** Told when there is one more. */
  readonly onSnapshot: (snapshots: readonly Snapshot[]) => Promise<void>
}

/**
 * A guest whose root and home are layers: a new one for each step that changed something, so that the state after every step
 * stays what it was, at no cost. Undefined where such layers cannot be mounted.
 */
export async function openLayeredPod(options: LayeredPodOptions): Promise<Pod | undefined> {
  const pod = new LayeredPod(options)
  return (await pod.open()) ? pod : undefined
}

class LayeredPod implements Pod {
  readonly #options: LayeredPodOptions
  #snapshots: readonly Snapshot[]
  #layer: number
  #description: Guest | undefined
  #mounted: MountedOverlays | undefined

  constructor(options: LayeredPodOptions) {
    this.#options = options
    this.#snapshots = options.snapshots
    this.#layer = Math.max(0, ...options.snapshots.map(({ layer }) => layer)) + 1
  }

  async open(): Promise<boolean> {
    const { root, ...description } = this.#options
    this.#description = await describeGuest({ ...description, root: this.#at('root'), workspace: this.#at('home') })
    return this.#mount()
  }

  get guest(): Guest {
    const mounted = this.#mounted!
    return { ...this.#description!, enter: mounted.enter, rootSeen: mounted.visible(this.#at('root')) }
  }

  get workspace(): string {
    return this.#mounted!.visible(this.#at('home'))
  }

  async checkpoint(step: number): Promise<boolean> {
    const snapshots = [...this.#snapshots, { after: step, layer: this.#layer }]
    if (snapshots.length > MAX_LAYERS || !canMount(this.#overlays(snapshots))) return false
    // Changing a file of a lower layer copies it, and other names of that file would keep the old content.
    if (await hasHardLinks(this.#part('home', this.#layer))) return false
    this.#snapshots = snapshots
    this.#layer += 1
    await this.#mounted!.replace(await this.#prepared())
    await this.#options.onSnapshot(snapshots)
    return true
  }

  async close(): Promise<void> {
    await this.#mounted?.close()
  }

  async #mount(): Promise<boolean> {
    this.#mounted = await tryMount(await this.#prepared(), this.#options.options)
    return this.#mounted !== undefined
  }

  /** The layers to mount, with their directories made. */
  async #prepared(): Promise<Overlay[]> {
    const overlays = this.#overlays(this.#snapshots)
    for (const { lower, upper, work, at } of overlays) {
      await removeTree(work)
      await mkdir(work, { recursive: true })
      await mkdir(at, { recursive: true })
      await makeLike(upper, lower[0]!)
    }
    return overlays
  }

  #overlays(snapshots: readonly Snapshot[]): Overlay[] {
    const current = Math.max(this.#layer, ...snapshots.map(({ layer }) => layer + 1))
    const { root, workspace } = this.#options
    return [
      this.#overlay('root', root.directory, snapshots, current),
      this.#overlay('home', workspace, snapshots, current),
    ]
  }

  #overlay(part: Part, base: string, snapshots: readonly Snapshot[], current: number): Overlay {
    const layers = snapshots.map(({ layer }) => this.#part(part, layer)).reverse()
    const work = join(this.#options.directory, `${current}`, `${part}-work`)
    return { lower: [...layers, base], upper: this.#part(part, current), work, at: this.#at(part) }
  }

  #part(part: Part, layer: number): string {
    return join(this.#options.directory, `${layer}`, part)
  }

  #at(part: Part): string {
    return join(this.#options.directory, part)
  }
}

type Part = 'root' | 'home'

/** Makes a layer whose top directory is like that of the one below: it is the one that is seen. */
async function makeLike(layer: string, below: string): Promise<void> {
  const { mode, uid, gid } = await stat(below)
  await mkdir(layer, { recursive: true })
  await chmod(layer, mode & 0o7777)
  await chown(layer, uid, gid)
}
