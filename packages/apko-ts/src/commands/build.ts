import type { CommandContext } from '@apkts/diagnostics/cli'
import { buildDates } from '../image/dates.ts'
import { describeImages } from '../output/describe.ts'
import { openTarget, writeImages } from '../output/target.ts'
import { sbomDirectory, withImages } from './images.ts'
import { withSession } from './inputs.ts'

export async function run(context: CommandContext): Promise<number> {
  const { args, options, log } = context
  const [path = '', tag, output] = args
  const dates = buildDates(options.string('build-date'), context.env)
  const target = await openTarget({ config: path, tag, output, sboms: sbomDirectory(context, '.') })
  const includePaths = options.list('include-paths')
  await withSession(context, { offline: true, ignoreSignatures: true, limits: true, bundle: true }, (session) =>
    withImages(context, { path, dates, session, includePaths }, async (built) => {
      await writeImages(built, target, { version: context.version, session })
      log.info(describeImages(built, target.path))
    }),
  )
  return 0
}
