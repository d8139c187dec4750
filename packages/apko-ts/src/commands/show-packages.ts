import { toApkArch, validateImageConfig } from '@apkts/config'
import type { CommandContext } from '@apkts/diagnostics/cli'
import { packageUrl } from '@apkts/repository'
import type { Resolved } from '@apkts/solver'
import { gatherArchFacts, solveArch } from '../environment/arch-facts.ts'
import { compileFormat, type PackageFacts } from '../show/template.ts'
import { chooseArchs, loadConfig, readAdditions, readResolver, withSession } from './inputs.ts'

export async function run(context: CommandContext): Promise<number> {
  const { options, log, print } = context
  const format = compileFormat(options.string('format'))
  const { config, locate } = await loadConfig(context.args[0] ?? '', log)
  const archs = chooseArchs(options, config)
  const added = readAdditions(options, { packages: false })
  const resolver = readResolver(options)
  const validated = validateImageConfig(config, locate)
  const facts = await withSession(context, { offline: true }, (session) =>
    Promise.all(archs.map((arch) => gatherArchFacts(validated, arch, { added, session, locate, resolver }))),
  )
  for (const own of facts) {
    const arch = toApkArch(own.arch)
    const packages = solveArch(own, added, facts)
    if (facts.length > 1) log.info(`packages for ${arch}`)
    for (const item of packages) print(`${format(factsOf(item, arch))}\n`)
  }
  return 0
}

function factsOf({ record, location }: Resolved, arch: string): PackageFacts {
  return { Name: record.name, Version: record.version, Source: packageUrl(location, arch, record) }
}
