import { openTemporaryDirectory } from '@apkts/cache'
import type { ImageConfig } from '@apkts/config'
import type { CommandContext } from '@apkts/diagnostics/cli'
import { type Compression, parseCompression } from '@apkts/oci'
import type { ArchiveDraft } from '@apkts/registry'
import type { ArchPlan } from '../build/arch-plan.ts'
import { type BaseFacts, openBases } from '../build/base.ts'
import { type BuiltImages, buildImages } from '../build/build-images.ts'
import { planWanted } from '../build/plan-wanted.ts'
import type { Session } from '../environment/session.ts'
import { parseAnnotations } from '../image/annotations.ts'
import type { BuildDates } from '../image/dates.ts'
import { probeVcs } from '../vcs/probe.ts'
import { chooseArchs, loadConfig, readAdditions, readResolving } from './inputs.ts'
import { repaired } from './repairs.ts'

export interface ImagesRequest {
  /** Path of the configuration. */
  readonly path: string
  readonly dates: BuildDates
  readonly session: Session
  /** Where included files are looked for. */
  readonly includePaths?: readonly string[] | undefined
  /** Of the archive that the images will be written to. */
  readonly draft?: ArchiveDraft | undefined
}

/** Images as planned, with everything else that building them needs. */
export interface PlannedImages {
  readonly config: ImageConfig
  readonly plans: readonly ArchPlan[]
  readonly bases: ReadonlyMap<string, BaseFacts> | undefined
  readonly compression: Compression
}

/** Plans the images that the flags of `build` and `publish` describe. */
export async function planFromFlags(
  context: CommandContext,
  { path, session, includePaths = [] }: Omit<ImagesRequest, 'dates' | 'draft'>,
): Promise<PlannedImages> {
  const { options, log } = context
  const annotations = parseAnnotations(options.list('annotations'))
  const compression = parseCompression(options.string('compression'))
  const loaded = await loadConfig(path, log, includePaths)
  const config = { ...loaded.config, annotations: { ...loaded.config.annotations, ...annotations } }
  const archs = chooseArchs(options, config)
  const added = readAdditions(options, { packages: true })
  const how = { ...readResolving(options), bare: options.flag('bare') }
  const request = { config, locate: loaded.locate, archs, added, session, ...how }
  const lockfile = options.string('lockfile') || undefined
  const planned = await planWanted(request, { path, checksum: loaded.checksum, lockfile })
  const plans = repaired(planned, context)
  const { baseImage } = config.contents
  const bases = baseImage === undefined ? undefined : await openBases(baseImage, archs, session)
  return { config, plans, bases, compression }
}

/** Builds the images that the flags of `build` and `publish` describe, and hands them to `use` while their layers are at hand. */
export async function withImages<T>(
  context: CommandContext,
  request: ImagesRequest,
  use: (built: BuiltImages) => Promise<T>,
): Promise<T> {
  const { options, log } = context
  const { path, dates, session, draft } = request
  const { config, plans, bases, compression } = await planFromFlags(context, request)
  const vcsUrl = config.vcsUrl || (options.flag('vcs') ? await probeVcs({ config: path, top: process.cwd(), log }) : '')
  const directory = await openTemporaryDirectory('apko-')
  try {
    const images = {
      plans,
      dates,
      annotations: config.annotations,
      vcsUrl,
      directory: directory.path,
      session,
      compression,
      draft,
    }
    return await use(await buildImages(bases === undefined ? images : { ...images, bases }))
  } finally {
    await directory.close()
  }
}

/** Directory for SBOM files; undefined when none are wanted. */
export function sbomDirectory(context: CommandContext, fallback: string | undefined): string | undefined {
  return wantsSboms(context) ? context.options.string('sbom-path') || fallback : undefined
}

/** True unless `--sbom` and `--sbom-formats` rule SBOMs out. */
export function wantsSboms({ options }: CommandContext): boolean {
  return options.flag('sbom') && options.list('sbom-formats').includes('spdx')
}
