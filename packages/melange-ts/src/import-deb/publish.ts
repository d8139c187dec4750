import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { type PackageRecord, type PkgInfoInput, packageFileName } from '@apkts/apk'
import { formatRfc3339, instant, sha256Hex } from '@apkts/encoding'
import { type Alias, META_VERSION } from './aliases.ts'
import { apkVersionOf } from './choose.ts'
import { buildDateOf, type ConvertedDeb, recipeOf } from './convert.ts'
import { writeDataFile } from './data-file.ts'
import { fileSha256 } from './gather.ts'
import { MERGED_USR, mergedUsrTree } from './generated.ts'
import { generatedTree } from './layout.ts'
import type { ImportOptions } from './options.ts'
import { type Relations, repositoryRelations } from './relations.ts'
import { vendorOf, withSbom } from './sbom.ts'
import type { ImportedDeb } from './state.ts'
import { type DataSource, headRecord, type PackageHead, packageHead, writePackage } from './write-package.ts'

export interface PublishContext {
  readonly options: ImportOptions
  readonly directory: string
  readonly workDirectory: string
}

export interface Published {
  readonly records: readonly PackageRecord[]
  readonly debs: readonly ImportedDeb[]
}

/** Writes the package files of all converted packages whose bytes change, with relations that fit together. */
export async function publishPackages(packages: readonly ConvertedDeb[], context: PublishContext): Promise<Published> {
  const imported = packages.map(({ part, facts }) => ({ control: part.control, facts }))
  const relations = repositoryRelations(imported, context.options.keepEpoch)
  const licences = new Map(packages.map(({ part, facts }) => [part.control.name, facts.licence]))
  const records: PackageRecord[] = []
  const debs: ImportedDeb[] = []
  for (const one of packages) {
    context.options.signal?.throwIfAborted()
    const info = pkgInfoOf(one, relations.get(one.part.control.name)!, { options: context.options, licences })
    const published = await publishOne(one, packageHead(info, context.options.key), context)
    records.push(published.record)
    debs.push(published.deb)
  }
  return { records, debs }
}

const GENERATED_LICENCE = 'CC0-1.0'

/** Writes a generated package: the merged-/usr links, or a meta package without files. */
export async function publishGenerated(
  meta: (Alias & { kind: 'meta' }) | undefined,
  context: PublishContext,
): Promise<PackageRecord> {
  const name = meta?.name ?? MERGED_USR
  const file = join(context.workDirectory, `${name}.data`)
  const buildDate = context.options.sourceDateEpoch ?? 0
  const tree = withSbom(meta === undefined ? mergedUsrTree() : generatedTree({}), {
    name,
    version: META_VERSION,
    arch: context.options.arch,
    vendor: 'unknown',
    license: GENERATED_LICENCE,
    created: formatRfc3339(instant(buildDate)),
  })
  const { dataHash, installedSize } = await writeDataFile(tree, file, buildDate)
  const info: PkgInfoInput = {
    name,
    version: META_VERSION,
    arch: context.options.arch,
    installedSize,
    origin: name,
    description: meta?.summary ?? 'links from /bin, /lib, /lib64 and /sbin into /usr',
    url: '',
    commit: '',
    buildDate,
    licenses: [GENERATED_LICENCE],
    dependencies: [...(meta?.packages ?? [])].sort(),
    dataHash,
  }
  const head = packageHead(info, context.options.key)
  const size = await writePackage(join(context.directory, packageFileName(info)), head, { file, offset: 0 })
  return headRecord(head, size)
}

async function publishOne(
  one: ConvertedDeb,
  head: PackageHead,
  context: PublishContext,
): Promise<{ record: PackageRecord; deb: ImportedDeb }> {
  const file = packageFileName(headRecord(head, 0))
  const target = join(context.directory, file)
  const { earlier } = one
  if (earlier?.apk.file === file && (await startsWith(one.data, head))) {
    return { record: headRecord(head, await sizeOf(target)), deb: earlier }
  }
  const size = await writePackage(target, head, one.data)
  const { text, scripts, builtAt } = one.part
  const apk = { file, sha256: await fileSha256(target), dataOffset: head.bytes.length }
  const { debSha256, facts } = one
  const recipe = earlier?.recipe ?? recipeOf(context.options)
  return {
    record: headRecord(head, size),
    deb: { debSha256, recipe, text, scripts, builtAt, facts, apk },
  }
}

/** True when the file of an earlier package begins with exactly this head. */
async function startsWith({ file, offset }: DataSource, head: PackageHead): Promise<boolean> {
  if (offset !== head.bytes.length) return false
  const handle = await open(file, 'r')
  try {
    const start = Buffer.alloc(offset)
    const { bytesRead } = await handle.read(start, 0, offset, 0)
    return bytesRead === offset && sha256Hex(start) === sha256Hex(head.bytes)
  } finally {
    await handle.close()
  }
}

async function sizeOf(file: string): Promise<number> {
  const handle = await open(file, 'r')
  try {
    return (await handle.stat()).size
  } finally {
    await handle.close()
  }
}

function pkgInfoOf(
  { part, facts }: ConvertedDeb,
  relations: Relations,
  { options, licences }: { options: ImportOptions; licences: ReadonlyMap<string, string> },
): PkgInfoInput {
  const { control } = part
  const licence = facts.licenceFrom === undefined ? facts.licence : (licences.get(facts.licenceFrom) ?? facts.licence)
  return {
    name: control.name,
    version: apkVersionOf(control, control.version, options.keepEpoch),
    arch: options.arch,
    installedSize: facts.installedSize,
    origin: control.source,
    description: control.summary,
    url: control.homepage,
    commit: '',
    namespace: vendorOf(control),
    buildDate: buildDateOf(part, options),
    licenses: [licence],
    ...relations,
    vendored: facts.generated.vendored,
    dataHash: facts.dataHash,
  }
}
