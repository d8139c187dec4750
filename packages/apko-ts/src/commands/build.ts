import { toApkArch } from '@apkts/config'
import { type CommandContext, UsageError } from '@apkts/diagnostics/cli'
import type { BuiltImages } from '../build/build-images.ts'
import { buildDates } from '../image/dates.ts'
import { describeImages } from '../output/describe.ts'
import { type ImageTarget, openTarget, writeImages } from '../output/target.ts'
import { type ImagesRequest, sbomDirectory, withImages } from './images.ts'
import { withSession } from './inputs.ts'
import { printBuildPlan } from './plan.ts'

export async function run(context: CommandContext): Promise<number> {
  const flags = { offline: true, ignoreSignatures: true, limits: true, bundle: true, budget: true, include: true }
  const isPlan = context.options.flag('plan')
  const includePaths = context.options.list('include-paths')
  await withSession(context, flags, (session) =>
    isPlan ? printBuildPlan(context, { session, includePaths }) : build(context, { session, includePaths }),
  )
  return 0
}

type Surroundings = Pick<ImagesRequest, 'session' | 'includePaths'>

async function build(context: CommandContext, { session, includePaths }: Surroundings): Promise<void> {
  const { options, log, print, version } = context
  const { path, tag, output } = placesOf(context)
  const dates = buildDates(options.string('build-date'), context.env)
  const target = await openTarget({ config: path, tag, output, sboms: sbomDirectory(context, '.') })
  const { draft } = target
  try {
    await withImages(context, { path, dates, session, includePaths, draft }, async (built) => {
      await writeImages(built, target, { version, session, variantTags: options.flag('variant-tags') })
      log.info(describeImages(built, target.path))
      if (options.flag('json')) print(`${JSON.stringify(builtJson(built, target), null, 2)}\n`)
    })
  } finally {
    await draft?.discard()
  }
}

interface Places {
  readonly path: string
  readonly tag: string | undefined
  readonly output: string
}

// Like apko: exactly three arguments, unless --output says where the image goes.
function placesOf({ args, options }: CommandContext): Places {
  const [path = '', tag] = args
  const output = options.string('output')
  if (output !== '' && args.length <= 2) return { path, tag, output }
  if (output === '' && args.length === 3) return { path, tag, output: args[2]! }
  const wanted = output === '' ? '3 arguments, CONFIG TAG OUTPUT' : '1 or 2 arguments beside --output, CONFIG [TAG]'
  throw new UsageError('ARGUMENT_COUNT', `build wants ${wanted}; found ${args.length}`, {
    hint: 'to name the image like the configuration: apko-ts build CONFIG --output OUTPUT',
  })
}

function builtJson({ archs, index }: BuiltImages, { kind, path, tag }: ImageTarget): object {
  return {
    output: { kind, path, tag },
    index: index.document.digest,
    images: archs.map(({ arch, facts, image }) => ({
      arch: toApkArch(arch),
      platform: image.platform,
      imageId: image.config.digest,
      manifest: image.manifest.digest,
      layers: image.layers.map(({ digest, diffId, size }) => ({ digest, diffId, size })),
      packages: facts.packages.length,
    })),
  }
}
