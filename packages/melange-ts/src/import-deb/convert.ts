import { join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import pLimit from 'p-limit'
import { debianArchitecture } from './architecture.ts'
import { apkVersionOf } from './choose.ts'
import type { DebControlPart } from './dpkg-deb.ts'
import { convertDeb, type PackageFacts } from './facts.ts'
import { fileSha256, type GatheredDeb } from './gather.ts'
import type { ImportOptions } from './options.ts'
import { controlPartOf, type ImportedDeb, type ImportState } from './state.ts'
import type { DataSource } from './write-package.ts'

/** A package whose data section is ready: just made, or inside the package file of an earlier import. */
export interface ConvertedDeb {
  readonly part: DebControlPart
  readonly debSha256: string
  readonly facts: PackageFacts
  readonly data: DataSource
  /** The earlier import, when nothing about the .deb has changed. */
  readonly earlier?: ImportedDeb
}

const CONVERTER = 2
/** Conversions between two lines of a log that nobody watches live. */
const ANNOUNCED = 10

/** Names the converter and every option that shapes a data section; part of what makes an earlier import reusable. */
export function recipeOf({ documentation, keepEpoch, sourceDateEpoch }: ImportOptions): string {
  return JSON.stringify({ converter: CONVERTER, documentation, keepEpoch, sourceDateEpoch: sourceDateEpoch ?? null })
}

/** Time of a package, seconds since 1970. */
export function buildDateOf(part: DebControlPart, options: ImportOptions): number {
  return options.sourceDateEpoch ?? part.builtAt
}

export interface ConvertContext {
  readonly options: ImportOptions
  readonly state: ImportState
  /** Directory of the package files. */
  readonly directory: string
  readonly workDirectory: string
}

/** Converts what is new or changed, several at a time, and finds the rest in earlier packages whose bytes are intact. */
export async function convertAll(debs: readonly GatheredDeb[], context: ConvertContext): Promise<ConvertedDeb[]> {
  const limit = pLimit(context.options.jobs)
  const reused = await Promise.all(debs.map((deb) => limit(() => reuse(deb, context))))
  const missing = reused.filter((one) => one === undefined).length
  if (missing === 0) return reused.flatMap((one) => one ?? [])
  const stage = context.options.log.stage('convert')
  let done = 0
  const converted = await Promise.all(
    debs.map((deb, index) =>
      limit(async () => {
        const known = reused[index]
        if (known !== undefined) return known
        context.options.signal?.throwIfAborted()
        stage.update({ item: deb.part.control.name, done: ++done, total: missing })
        if (done % ANNOUNCED === 0)
          context.options.log.info(`converting ${deb.part.control.name}, ${done} of ${missing}`)
        return convert(deb, context)
      }),
    ),
  )
  stage.end(`${missing} Debian packages`)
  return converted
}

/** Packages of earlier imports that are not among `debs` and whose files are intact; warns of those that go. */
export async function keptImports(debs: readonly GatheredDeb[], context: ConvertContext): Promise<ConvertedDeb[]> {
  const names = new Set(debs.map(({ part }) => part.control.name))
  const others = context.state.debs.filter((deb) => !names.has(controlPartOf(deb).control.name))
  const wanted = optionsOf(recipeOf(context.options))
  const kept = await Promise.all(
    others.map((deb) => (optionsOf(deb.recipe) === wanted ? earlierPackage(deb, context) : undefined)),
  )
  const gone = others.filter((_, index) => kept[index] === undefined).map((deb) => controlPartOf(deb).control.name)
  if (gone.length > 0) {
    const hint = 'import them again to have them'
    context.options.log.warn(`made with other options or damaged, and left out: ${gone.sort().join(' ')} (${hint})`)
  }
  return kept.flatMap((one) => one ?? [])
}

/** The options in a recipe: what an older converter has made with the same ones may stay. */
function optionsOf(recipe: string): string {
  return recipe.replace(/^\{"converter":\d+,/, '{')
}

async function reuse(deb: GatheredDeb, context: ConvertContext): Promise<ConvertedDeb | undefined> {
  const earlier = context.state.debs.find((known) => known.debSha256 === deb.sha256)
  if (earlier?.recipe !== recipeOf(context.options)) return undefined
  return earlierPackage(earlier, context)
}

async function earlierPackage(earlier: ImportedDeb, { directory }: ConvertContext): Promise<ConvertedDeb | undefined> {
  const file = join(directory, earlier.apk.file)
  if ((await sha256IfThere(file)) !== earlier.apk.sha256) return undefined
  const { debSha256, facts } = earlier
  return { part: controlPartOf(earlier), debSha256, facts, data: { file, offset: earlier.apk.dataOffset }, earlier }
}

async function convert(deb: GatheredDeb, { options, workDirectory }: ConvertContext): Promise<ConvertedDeb> {
  const { control } = deb.part
  const dataFile = join(workDirectory, `${control.name}.data`)
  const facts = await convertDeb(deb.file, deb.part, {
    workDirectory,
    dataFile,
    apkVersion: apkVersionOf(control, control.version, options.keepEpoch),
    debSha256: deb.sha256,
    arch: options.arch,
    triplet: debianArchitecture(options.arch).triplet,
    documentation: options.documentation,
    buildDate: buildDateOf(deb.part, options),
  })
  return { part: deb.part, debSha256: deb.sha256, facts, data: { file: dataFile, offset: 0 } }
}

/** Digest of a package file of ours; undefined when it was removed. */
async function sha256IfThere(file: string): Promise<string | undefined> {
  try {
    return await fileSha256(file)
  } catch (error) {
    if (error instanceof Error && isSystemError(error.cause, 'ENOENT')) return undefined
    throw error
  }
}
