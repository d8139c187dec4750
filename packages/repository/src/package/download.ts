import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type ControlPart, checkControl, checkIntegrity, type ExpandedApk, expandApk } from '@apkts/apk'
import { advertise, identifyFile, temporaryName } from '@apkts/cache'
import { hex } from '@apkts/encoding'
import type { RepositoryContext } from '../context.ts'
import { redactUrl } from '../urls.ts'
import { EXPANSION, removeAbandoned } from './abandoned.ts'
import { readCachedPackage } from './cached.ts'
import { type ExpandedPackage, expandedPackage } from './expanded.ts'
import { FileWriter } from './file-writer.ts'
import type { PackagePlace } from './place.ts'
import { recordOf, writeRecord } from './record-file.ts'
import { checkIdentity, type PackageReference } from './reference.ts'

/**
 * Expands a package from its bytes into the cache: its sections as they are, and the inflated data section. Everything is
 * checked on the way; only then do the names appear that readers look for. On failure nothing is left behind.
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
  mkdirSync(place.directory, { recursive: true })
  mkdirSync(work, { mode: 0o700 })
  try {
    const expanded = await expandInto(context, reference, work, source)
    const published = await readCachedPackage(context, place, hex(expanded.sections.control.digest))
    if (published !== undefined) rmSync(work, { recursive: true }) // another process was faster
    const stored = published ?? (await publish(context, place, work, expanded))
    removeAbandoned(place.directory, context.waiting.now())
    return stored
  } catch (error) {
    await rm(work, { recursive: true, force: true })
    throw error
  }
}

async function expandInto(
  { limits, signal }: RepositoryContext,
  reference: PackageReference,
  work: string,
  source: AsyncIterable<Uint8Array> | Uint8Array,
): Promise<ExpandedApk> {
  const file = redactUrl(reference.url)
  let compressed: FileWriter | undefined
  let inflated: FileWriter | undefined
  try {
    const expanded = await expandApk(source, {
      file,
      limits,
      onControl(part) {
        checkControl(part.sections.control, file, reference.checksum!)
        checkIdentity(reference, part.pkgInfo)
        const names = writeControlPart(work, part)
        compressed = FileWriter.create(names.compressedData)
        inflated = FileWriter.create(names.data)
      },
      onCompressedData(chunk) {
        signal.throwIfAborted()
        return compressed?.write(chunk)
      },
      onData: (chunk) => inflated?.write(chunk),
    })
    checkIntegrity(expanded, file, reference.checksum)
    return expanded
  } finally {
    await compressed?.close()
    await inflated?.close()
  }
}

interface StreamNames {
  readonly signature: string
  readonly control: string
  readonly compressedData: string
  readonly data: string
}

/** The streams are numbered as they follow each other in the package. */
function streamNames(work: string, signed: boolean): StreamNames {
  const first = signed ? 1 : 0
  return {
    signature: join(work, 'stream-0.tar.gz'),
    control: join(work, `stream-${first}.tar.gz`),
    compressedData: join(work, `stream-${first + 1}.tar.gz`),
    data: join(work, `stream-${first + 1}.tar`),
  }
}

function writeControlPart(work: string, { control, signature }: ControlPart): StreamNames {
  const names = streamNames(work, signature !== undefined)
  if (signature !== undefined) writeFileSync(names.signature, signature, { flag: 'wx' })
  writeFileSync(names.control, control, { flag: 'wx' })
  return names
}

/** What was there before is damaged, else nobody would have expanded the package: it is replaced. */
async function publish(
  { cache }: RepositoryContext,
  place: PackagePlace,
  work: string,
  expanded: ExpandedApk,
): Promise<ExpandedPackage> {
  const { sections, entries } = expanded
  const names = streamNames(work, sections.signature !== undefined)
  const control = hex(sections.control.digest)
  const data = hex(sections.data.digest)
  const identity = identifyFile(names.data)!
  const record = recordOf(expanded, identity)
  await writeRecord(place.record(control), record, await cache.temporaryDir())
  advertise(names.compressedData, place.compressedData(data), { replace: true })
  advertise(names.data, place.data(data), { replace: true })
  if (sections.signature !== undefined) {
    advertise(names.signature, place.signature(control), { replace: true })
  }
  // The control section comes last: readers start from it.
  advertise(names.control, place.control(control), { replace: true })
  const dataFile = { path: place.data(data), identity, record: place.record(control) }
  return expandedPackage({ ...record, dataFile, installedLines: record.installed, entries })
}
