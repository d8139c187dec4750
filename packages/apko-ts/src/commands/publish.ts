import { writeFileAtomic } from '@apkts/cache'
import type { CommandContext } from '@apkts/diagnostics/cli'
import { parseReference, pushImages, type Reference } from '@apkts/registry'
import type { BuiltImages } from '../build/build-images.ts'
import type { Session } from '../environment/session.ts'
import { buildDates } from '../image/dates.ts'
import { describeImages } from '../output/describe.ts'
import { imageSboms } from '../output/sboms.ts'
import { stageFiles } from '../output/stage-files.ts'
import { expectDirectory } from '../output/target.ts'
import { sbomDirectory, withImages } from './images.ts'
import { withSession } from './inputs.ts'

export async function run(context: CommandContext): Promise<number> {
  const { options, print } = context
  const [path = '', ...tags] = context.args
  const references = tags.map(parseReference)
  const sboms = sbomDirectory(context, undefined)
  if (sboms !== undefined) await expectDirectory(sboms, 'SBOM files', 'create it, or pass --sbom-path')
  const dates = buildDates(options.string('build-date'), context.env)
  await withSession(context, { offline: true, ignoreSignatures: true, bundle: true }, (session) =>
    withImages(context, { path, dates, session }, async (built) => {
      const pushed = await publish(context, { built, references, session, sboms, tag: tags[0] ?? '' })
      const lines = [...pushed.images, pushed.index].map((line) => `${line}\n`).join('')
      const imageRefs = options.string('image-refs')
      if (imageRefs !== '') await writeFileAtomic(imageRefs, lines, { mode: 0o666 })
      print(`${pushed.index}\n`)
    }),
  )
  return 0
}

interface Publication {
  readonly built: BuiltImages
  readonly references: readonly Reference[]
  readonly session: Session
  readonly sboms: string | undefined
  readonly tag: string
}

async function publish(context: CommandContext, { built, references, session, sboms, tag }: Publication) {
  const { version, log, env, signal } = context
  const documents = sboms === undefined ? [] : await imageSboms(built, { tag, version, session })
  const staged = await stageFiles(sboms ?? '.', documents)
  try {
    const pushed = await pushImages({
      index: built.index,
      references,
      userAgent: `apko-ts/${version}`,
      env,
      signal,
      log,
    })
    await staged.publish()
    log.info(describeImages(built, pushed.index))
    return pushed
  } finally {
    await staged.discard()
  }
}
