import { checksumText } from '@apkts/apk'
import { toApkArch, validateImageConfig } from '@apkts/config'
import type { CommandContext } from '@apkts/diagnostics/cli'
import { packageUrl, redactUrl } from '@apkts/repository'
import type { Resolved } from '@apkts/solver'
import { gatherArchFacts, solveArch } from '../environment/arch-facts.ts'
import { compileFormat, type PackageFacts } from '../show/template.ts'
import { chooseArchs, loadConfig, readAdditions, readResolving, withSession } from './inputs.ts'

export async function run(context: CommandContext): Promise<number> {
  const { options, log, print } = context
  const format = compileFormat(options.string('format'))
  const { config, locate } = await loadConfig(context.args[0] ?? '', log)
  const archs = chooseArchs(options, config)
  const added = readAdditions(options, { packages: false })
  const resolving = readResolving(options)
  const validated = validateImageConfig(config, locate)
  const facts = await withSession(context, { offline: true }, (session) =>
    Promise.all(archs.map((arch) => gatherArchFacts(validated, arch, { added, session, locate, ...resolving }))),
  )
  const solved = facts.map((own) => ({ arch: toApkArch(own.arch), packages: solveArch(own, added, facts) }))
  if (options.flag('json')) {
    print(`${JSON.stringify({ architectures: solved.map(architectureJson) }, null, 2)}\n`)
    return 0
  }
  for (const { arch, packages } of solved) {
    if (solved.length > 1) log.info(`packages for ${arch}`)
    for (const item of packages) print(`${format(factsOf(item, arch))}\n`)
  }
  return 0
}

function factsOf({ record, location }: Resolved, arch: string): PackageFacts {
  return { Name: record.name, Version: record.version, Source: packageUrl(location, arch, record) }
}

function architectureJson({
  arch,
  packages,
}: {
  readonly arch: string
  readonly packages: readonly Resolved[]
}): object {
  return {
    arch,
    packages: packages.map((item) => {
      const { name, version, origin, license, size, installedSize, checksum } = item.record
      const source = redactUrl(factsOf(item, arch).Source)
      return { name, version, origin, license, size, installedSize, checksum: checksumText(checksum), source }
    }),
  }
}
