import { hostArch, imageConfigDocument, imageConfigYaml, validateImageConfig } from '@apkts/config'
import type { CommandContext } from '@apkts/diagnostics/cli'
import { goJson } from '@apkts/encoding'
import { buildRepositoriesOf } from '../environment/additions.ts'
import { gatherKeys } from '../environment/keys.ts'
import { loadConfig, readAdditions, withSession } from './inputs.ts'

export async function run(context: CommandContext): Promise<number> {
  const { options, log } = context
  const { config, locate } = await loadConfig(context.args[0] ?? '', log)
  const added = readAdditions(options, { packages: false })
  const validated = validateImageConfig(config, locate)
  buildRepositoriesOf(validated, added)
  await withSession(context, { offline: true }, (session) =>
    gatherKeys(validated, hostArch(process.arch), { added, session }),
  )
  const json = options.flag('json')
  context.print(json ? `${goJson(imageConfigDocument(validated), '  ')}\n` : imageConfigYaml(validated))
  return 0
}
