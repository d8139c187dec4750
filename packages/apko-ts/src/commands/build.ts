import { openTemporaryDirectory } from '@apkts/cache'
import type { CommandContext } from '@apkts/diagnostics/cli'
import type { ArchPlan } from '../build/arch-plan.ts'
import { openBases } from '../build/base.ts'
import { type BuiltImages, buildImages } from '../build/build-images.ts'
import { type PlanRequest, planImages } from '../build/plan-images.ts'
import { planLockedImages } from '../build/plan-locked.ts'
import type { Session } from '../environment/session.ts'
import { ApkoError } from '../error.ts'
import { parseAnnotations } from '../image/annotations.ts'
import { type BuildDates, buildDates } from '../image/dates.ts'
import { readLockFile } from '../lock/read.ts'
import { describeImages } from '../output/describe.ts'
import { type ImageTarget, openTarget, writeImages } from '../output/target.ts'
import { probeVcs } from '../vcs/probe.ts'
import { chooseArchs, loadConfig, readAdditions, withSession } from './inputs.ts'

export async function run(context: CommandContext): Promise<number> {
  const { args, options, log } = context
  const [path = '', tag, output] = args
  const dates = buildDates(options.string('build-date'), context.env)
  const target = await openTarget({ config: path, tag, output, sboms: sbomDirectory(context) })
  await withSession(context, { offline: true, ignoreSignatures: true, limits: true }, async (session) => {
    const built = await buildAll(context, { path, dates, session, target })
    log.info(describeImages(built, target))
  })
  return 0
}

interface BuildFacts {
  readonly path: string
  readonly dates: BuildDates
  readonly session: Session
  readonly target: ImageTarget
}

async function buildAll(context: CommandContext, { path, dates, session, target }: BuildFacts): Promise<BuiltImages> {
  const { options, log } = context
  const annotations = parseAnnotations(options.list('annotations'))
  const loaded = await loadConfig(path, log, options.list('include-paths'))
  const config = { ...loaded.config, annotations: { ...loaded.config.annotations, ...annotations } }
  const archs = chooseArchs(options, config)
  const added = readAdditions(options, { packages: true })
  const plans = await plan(context, { config, locate: loaded.locate, archs, added, session }, loaded.checksum)
  const { baseImage } = config.contents
  const directory = await openTemporaryDirectory('apko-')
  try {
    const built = await buildImages({
      plans,
      dates,
      annotations: config.annotations,
      vcsUrl: config.vcsUrl || (options.flag('vcs') ? await probeVcs({ config: path, top: process.cwd(), log }) : ''),
      directory: directory.path,
      session,
      ...(baseImage === undefined ? {} : { bases: await openBases(baseImage, archs) }),
    })
    await writeImages(built, target, { version: context.version, session })
    return built
  } finally {
    await directory.close()
  }
}

async function plan(context: CommandContext, request: PlanRequest, checksum: string): Promise<ArchPlan[]> {
  const lockPath = context.options.string('lockfile')
  if (lockPath !== '') {
    const from = { config: context.args[0] ?? '', checksum, log: context.log }
    return planLockedImages({ ...request, lockPath, lock: await readLockFile(lockPath, from) })
  }
  if (request.config.contents.baseImage !== undefined) {
    throw new ApkoError('BASE_IMAGE', 'building on a base image needs a lock file: pass --lockfile', {
      at: request.locate?.(['contents', 'baseImage']),
      hint: `make one with: apko-ts lock ${context.args[0]}`,
    })
  }
  return planImages(request)
}

function sbomDirectory({ options }: CommandContext): string | undefined {
  const wanted = options.flag('sbom') && options.list('sbom-formats').includes('spdx')
  return wanted ? options.string('sbom-path') || '.' : undefined
}
