import { describe, expect, test } from 'vitest'
import { copyImages, type ImageSink } from '../src/index.ts'
import { blob, image, index } from './support.ts'

const shared = blob('shared')
const all = index(
  image({ architecture: 'amd64' }, shared, blob('a')),
  image({ architecture: 'arm64' }, shared, blob('b')),
)

/** A sink that writes down what happens; `fails` throws at the call it names. */
function recorded(parallel: number, fails?: string) {
  const calls: string[] = []
  let underWay = 0
  const work = async (name: string): Promise<void> => {
    calls.push(name)
    underWay += 1
    await new Promise((resolve) => setImmediate(resolve))
    underWay -= 1
    if (name === fails) throw new Error(`failed: ${name}`)
  }
  const names = new Map(
    all.images.flatMap(({ config, manifest, platform: { architecture } }) => [
      [config.digest, `config of ${architecture}`],
      [manifest.digest, `manifest of ${architecture}`],
    ]),
  )
  const sink: ImageSink = {
    parallel,
    addBlob: ({ digest, content }) =>
      work(names.get(digest) ?? (content.kind === 'bytes' ? Buffer.from(content.bytes).toString() : '')),
    addManifest: ({ digest }) => work(names.get(digest) ?? ''),
    finish: () => work('index'),
    abort: (reason) => void calls.push(`abort: ${(reason as Error).message}`),
  }
  return { calls, sink, underWay: () => underWay }
}

describe('copying images', () => {
  test('brings one after the other, a shared layer once, the index last', async () => {
    const { sink, calls } = recorded(1)
    await copyImages(all, sink)
    expect(calls).toEqual([
      ...['config of amd64', 'shared', 'a', 'manifest of amd64'],
      ...['config of arm64', 'b', 'manifest of arm64', 'index'],
    ])
  })

  test.each([2, 8])('brings everything before what names it, %i at a time', async (parallel) => {
    const { sink, calls } = recorded(parallel)
    await copyImages(all, sink)
    const at = (name: string) => calls.indexOf(name)
    for (const [name, before] of [
      ['manifest of amd64', ['config of amd64', 'shared', 'a']],
      ['manifest of arm64', ['config of arm64', 'shared', 'b']],
      ['index', ['manifest of amd64', 'manifest of arm64']],
    ] as const) {
      for (const earlier of before) expect(at(earlier)).toBeLessThan(at(name))
    }
    expect(calls.filter((name) => name === 'shared')).toHaveLength(1)
  })

  test.each([1, 2, 8])(
    'ends with the first failure, when nothing is under way any more (%i at a time)',
    async (parallel) => {
      const { sink, calls, underWay } = recorded(parallel, 'shared')
      await expect(copyImages(all, sink)).rejects.toThrow('failed: shared')
      expect(underWay()).toBe(0)
      expect(calls.filter((name) => /^manifest|index/.test(name))).toEqual([])
      expect(calls.filter((name) => name.startsWith('abort'))).toEqual(['abort: failed: shared'])
      if (parallel === 1) expect(calls).toEqual(['config of amd64', 'shared', 'abort: failed: shared'])
    },
  )

  test('leaves out images that are there', async () => {
    const { sink, calls } = recorded(1)
    await copyImages(all, { ...sink, hasImage: async ({ digest }) => digest === all.images[0]?.manifest.digest })
    expect(calls).toEqual(['config of arm64', 'shared', 'b', 'manifest of arm64', 'index'])
  })
})
