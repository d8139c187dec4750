import { rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type ControlPart, checkControl, checkIntegrity, type ExpandedApk, expandApk } from '@apkts/apk'
import { temporaryName } from '@apkts/cache'
import { hex } from '@apkts/encoding'
import type { RepositoryContext } from '../../context.ts'
import { redactUrl } from '../../urls.ts'
import { EXPANSION, removeAbandoned } from '../abandoned.ts'
import { readCachedPackage } from '../cached.ts'
import type { ExpandedPackage } from '../expanded.ts'
import type { PackagePlace } from '../place.ts'
import { checkIdentity, type PackageReference } from '../reference.ts'
import type { DiskThread } from './disk-thread.ts'
import { ExpansionWriter } from './expansion-writer.ts'
import { publish } from './publish.ts'
import { writeWhole } from './whole-data.ts'

/**
 * Expands a package from its bytes into the cache: its sections as they are, and the inflated data section. Everything is
 * checked on the way; only then do the names appear that readers look for. On failure nothing is left behind. Bytes at
 * hand may be gone for the caller then.
 * @returns the package, as the cache has it now
 * @throws ApkError or RepositoryError naming the package.
 */
export async function storePackage(
  context: RepositoryContext,
  reference: PackageReference,
  place: PackagePlace,
  source: AsyncIterable<Uint8Array> | Uint8Array,
): Promise<ExpandedPackage> {
  const work = join(place.directory, temporaryName(EXPANSION))
  const disk = source instanceof Uint8Array ? context.disks.take(source.length) : undefined
  try {
    const expanded = await expandInto(context, reference, { directory: place.directory, work, disk }, source)
    const published = await readCachedPackage(context, place, hex(expanded.sections.control.digest))
    if (published !== undefined) rmSync(work, { recursive: true }) // another process was faster
    const temporaryDir = await context.cache.temporaryDir()
    const stored = published ?? (await publish({ place, work, temporaryDir, disk }, expanded))
    removeAbandoned(place.directory, context.waiting.now())
    return stored
  } catch (error) {
    await rm(work, { recursive: true, force: true })
    throw error
  }
}

interface Target {
  /** Of the package. */
  readonly directory: string
  /** The new one in it. */
  readonly work: string
  /** Writes what is at hand in one piece. */
  readonly disk: DiskThread | undefined
}

async function expandInto(
  { limits, signal }: RepositoryContext,
  reference: PackageReference,
  target: Target,
  source: AsyncIterable<Uint8Array> | Uint8Array,
): Promise<ExpandedApk> {
  const { disk } = target
  const file = redactUrl(reference.url)
  const writer = new ExpansionWriter(target.directory, target.work)
  let before: ControlPart | undefined
  try {
    const expanded = await expandApk(source, {
      file,
      limits,
      onControl(part) {
        checkControl(part.sections.control, file, reference.checksum!)
        checkIdentity(reference, part.pkgInfo)
        signal.throwIfAborted()
        before = part
        if (disk === undefined) writer.begin(part)
      },
      digest: disk && ((data) => writeWhole(disk, target, before!, data)),
      onCompressedData(chunk) {
        signal.throwIfAborted()
        writer.begin(before!) // also what a thread would have written had it not turned out to be a stream
        return writer.compressedData(chunk)
      },
      onData: (chunk) => writer.data(chunk),
    })
    checkIntegrity(expanded, file, reference.checksum)
    return expanded
  } finally {
    await writer.close()
  }
}
