import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DiagnosticError, isSystemError } from '@apkts/diagnostics'
import { openArchive, writeDockerArchive } from '@apkts/registry'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareSubjects } from '../src/diff/compare.ts'
import type { FileFacts } from '../src/diff/files/facts.ts'
import type { LayerItem } from '../src/diff/files/layer.ts'
import { LayerStack } from '../src/diff/files/stack.ts'
import { settingChanges } from '../src/diff/settings/compare.ts'
import { entry, file, image, index, installed, layer } from './support/images.ts'

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'apko-diff-properties-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

test('an archive with any bytes changed is compared, or refused with an error of ours', async () => {
  const entries = [
    entry('usr', { type: 'directory' }),
    file('usr/x', 'x'),
    entry('usr/l', { type: 'symlink', linkname: 'x' }),
    file('usr/lib/apk/db/installed', installed('a', '1-r0', 'MIT', ['usr/x'])),
  ]
  const good = join(home, 'good.tar')
  // Plain, so that a change reaches headers instead of a checksum.
  await writeDockerArchive(good, { index: index(image({ layers: [layer(entries, { plain: true })] })), tags: ['xy:a'] })
  const bytes = await readFile(good)
  const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(changes, async (found) => {
      const changed = Buffer.from(bytes)
      for (const [at, value] of found) changed[at] = value
      const bad = join(home, 'bad.tar')
      await writeFile(bad, changed)
      await expectOurs(async () => {
        const [before, after] = [await openArchive(good), await openArchive(bad)]
        await compareSubjects(
          { name: 'good', kind: 'image', source: before },
          { name: 'bad', kind: 'image', source: after },
        )
      })
    }),
    { numRuns: 150 },
  )
})

async function expectOurs(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof DiagnosticError) && !isSystemError(error)) throw error
  }
}

describe('settings', () => {
  test('equal values have no difference, and swapping the sides mirrors it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(settingChanges(a, structuredClone(a))).toEqual([])
        const mirrored = settingChanges(b, a).map(({ field, before, after }) => ({
          field,
          before: after,
          after: before,
        }))
        const sorted = (changes: readonly object[]) =>
          changes.map((change) => JSON.stringify(change, ['field', 'before', 'after'])).sort()
        expect(sorted(settingChanges(a, b))).toEqual(sorted(mirrored))
      }),
    )
  })
})

describe('layers on top of each other', () => {
  const name = fc.constantFrom('a', 'b', 'c')
  const parts = fc.array(name, { minLength: 1, maxLength: 3 })
  const item = fc.tuple(parts, fc.nat(9)).map(([path, size]): LayerItem => ({ parts: path, facts: facts(size) }))
  const whiteout = fc.tuple(parts, fc.boolean()).map(([path, opaque]): LayerItem => {
    const last = opaque ? '.wh..wh..opq' : `.wh.${path.at(-1)}`
    return { parts: [...path.slice(0, -1), last], facts: facts(0) }
  })
  const layers = fc.array(fc.array(fc.oneof({ weight: 4, arbitrary: item }, whiteout), { maxLength: 6 }), {
    maxLength: 4,
  })

  test('are what putting their entries into a map one by one gives', () => {
    fc.assert(
      fc.property(layers, (found) => {
        const stack = new LayerStack()
        for (const own of found) stack.add(own)
        expect(Object.fromEntries(stack.finish().files)).toEqual(Object.fromEntries(stacked(found)))
      }),
      { numRuns: 500 },
    )
  })

  function facts(size: number): FileFacts {
    return { type: 'file', mode: 0o644, uid: 0, gid: 0, size, mtime: 0 }
  }

  /** The same without a tree: slow, and plainly right. */
  function stacked(found: readonly (readonly LayerItem[])[]): Map<string, FileFacts> {
    const files = new Map<string, FileFacts>()
    const removeBelow = (path: string) => {
      for (const known of [...files.keys()]) if (known.startsWith(path)) files.delete(known)
    }
    for (const own of found) {
      for (const { parts: path } of own) {
        const last = path.at(-1)!
        if (!last.startsWith('.wh.')) continue
        const parent = path
          .slice(0, -1)
          .map((part) => `${part}/`)
          .join('')
        if (last === '.wh..wh..opq') removeBelow(parent)
        else {
          files.delete(parent + last.slice('.wh.'.length))
          removeBelow(`${parent}${last.slice('.wh.'.length)}/`)
        }
      }
      for (const { parts: path, facts: added } of own) {
        if (path.at(-1)!.startsWith('.wh.')) continue
        removeBelow(`${path.join('/')}/`)
        files.set(path.join('/'), added)
      }
    }
    return files
  }
})
