import { writeFileAtomic } from '@apkts/cache'
import { type CommandContext, UsageError } from '@apkts/diagnostics/cli'
import {
  checkLogins,
  loadIntoDaemon,
  type PushedImages,
  parseReference,
  pushImages,
  type Reference,
} from '@apkts/registry'
import type { BuiltImages } from '../build/build-images.ts'
import { parseSize } from '../cache/size.ts'
import type { Session } from '../environment/session.ts'
import { buildDates } from '../image/dates.ts'
import { describeImages } from '../output/describe.ts'
import { sbomArtifacts } from '../output/sbom-artifacts.ts'
import { imageSboms } from '../output/sboms.ts'
import { stageFiles } from '../output/stage-files.ts'
import { expectDirectory } from '../output/target.ts'
import { sbomDirectory, wantsSboms, withImages } from './images.ts'
import { withSession } from './inputs.ts'
import { printBuildPlan } from './plan.ts'

const SESSION = { offline: true, ignoreSignatures: true, bundle: true, budget: true }

export async function run(context: CommandContext): Promise<number> {
  const { options, print, env } = context
  const [path = '', ...tags] = context.args
  const publication = { ...readFlags(context), references: tags.map(parseReference), tag: tags[0] ?? '' }
  const { sboms } = publication
  if (sboms !== undefined) await expectDirectory(sboms, 'SBOM files', 'create it, or pass --sbom-path')
  const dates = buildDates(options.string('build-date'), env)
  if (options.flag('plan')) return printPlan(context)
  if (!publication.isLocal) await checkLogins(connection(context, publication))
  await withSession(context, SESSION, (session) =>
    withImages(context, { path, dates, session }, async (built) => {
      const names = await publish(context, { ...publication, built, session })
      const imageRefs = options.string('image-refs')
      const lines = names.map((line) => `${line}\n`).join('')
      if (imageRefs !== '') await writeFileAtomic(imageRefs, lines, { mode: 0o666 })
      print(options.flag('json') ? publishedJson(names) : `${names.at(-1)}\n`)
    }),
  )
  return 0
}

function publishedJson(names: readonly string[]): string {
  return `${JSON.stringify({ reference: names.at(-1), images: names.slice(0, -1) }, null, 2)}\n`
}

async function printPlan(context: CommandContext): Promise<number> {
  await withSession(context, SESSION, (session) => printBuildPlan(context, { session }))
  return 0
}

interface Flags {
  readonly isLocal: boolean
  /** Directory for SBOM files. */
  readonly sboms: string | undefined
  readonly attachesSboms: boolean
  readonly mountFrom: readonly string[]
  readonly parallel: number
  readonly chunkSize: number | undefined
}

function readFlags(context: CommandContext): Flags {
  const { options } = context
  const [isLocal, attachesSboms] = [options.flag('local'), options.flag('attach-sbom')]
  if (attachesSboms && !wantsSboms(context)) throw contradiction('--attach-sbom needs an SBOM: leave out --sbom=false')
  if (attachesSboms && isLocal) throw contradiction('--attach-sbom needs a registry: leave out --local')
  const parallel = options.int('parallel-uploads')
  if (parallel < 1) throw contradiction('--parallel-uploads must be at least 1')
  const chunk = options.string('chunk-size')
  return {
    isLocal,
    attachesSboms,
    sboms: sbomDirectory(context, undefined),
    mountFrom: options.list('mount-from'),
    parallel,
    chunkSize: chunk === '' ? undefined : Math.max(1, parseSize(chunk)),
  }
}

function contradiction(message: string): UsageError {
  return new UsageError('FLAG_VALUE', message)
}

interface Publication extends Flags {
  readonly built: BuiltImages
  readonly references: readonly Reference[]
  readonly session: Session
  readonly tag: string
}

/** Pushes or loads the images; the names they have there, the most general one last. */
async function publish(context: CommandContext, publication: Publication): Promise<readonly string[]> {
  const { built, session, sboms, tag, attachesSboms, isLocal, references } = publication
  const { version, log, env, signal } = context
  const wanted = sboms !== undefined || attachesSboms
  const documents = wanted ? imageSboms(built, { tag, version, session }) : []
  const staged = await stageFiles(sboms ?? '.', sboms === undefined ? [] : documents)
  try {
    session.checkpoint()
    const names = isLocal
      ? [await loadIntoDaemon({ index: built.index, references, env, signal })]
      : namesOf(await push(context, publication, attachesSboms ? sbomArtifacts(built, documents) : []))
    await staged.publish()
    log.info(describeImages(built, names.at(-1)!))
    return names
  } finally {
    await staged.discard()
  }
}

function push(
  context: CommandContext,
  publication: Publication,
  artifacts: ReturnType<typeof sbomArtifacts>,
): Promise<PushedImages> {
  const { built, parallel, chunkSize } = publication
  return pushImages({ ...connection(context, publication), index: built.index, artifacts, parallel, chunkSize })
}

function connection(
  { version, log, env, signal }: CommandContext,
  { references, mountFrom }: Pick<Publication, 'references' | 'mountFrom'>,
) {
  return { references, mountFrom, userAgent: `apko-ts/${version}`, env, signal, log }
}

function namesOf({ images, index }: PushedImages): string[] {
  return [...images, index]
}
