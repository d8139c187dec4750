import type { KeyedRuns } from '@apkts/oci'

interface UnderWay {
  /** Keys of its runs. */
  readonly runs: ReadonlySet<string>
  readonly end: Promise<unknown>
}

/**
 * Layers that are being written beside one another. One that has much in common with another waits for it, so that what they
 * share is compressed once: architectures often differ in a few packages only.
 */
export class LayersUnderWay {
  readonly #layers = new Set<UnderWay>()

  /** Begins to write a layer when none is under way that has half of its bytes. */
  async write<T>(runs: KeyedRuns, write: () => Promise<T>): Promise<T> {
    if (!runs.held) return write()
    for (let other = this.#likeOf(runs); other !== undefined; other = this.#likeOf(runs)) await other.end
    const writing = write()
    const layer = { runs: new Set([...runs].map(({ key }) => key)), end: writing.catch(() => {}) }
    this.#layers.add(layer)
    try {
      return await writing
    } finally {
      this.#layers.delete(layer)
    }
  }

  #likeOf(runs: KeyedRuns): UnderWay | undefined {
    return [...this.#layers].find((layer) => {
      let shared = 0
      for (const { run, key } of runs) if (layer.runs.has(key)) shared += run.size
      return shared * 2 >= runs.size
    })
  }
}
