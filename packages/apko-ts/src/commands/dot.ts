import { validateImageConfig } from '@apkts/config'
import { messageOf } from '@apkts/diagnostics'
import type { CommandContext } from '@apkts/diagnostics/cli'
import { SolverError } from '@apkts/solver'
import { buildDependencyGraph } from '../dot/dependency-graph.ts'
import { serveGraph } from '../dot/serve.ts'
import type { Additions } from '../environment/additions.ts'
import { type ArchFacts, gatherArchFacts, solveArch } from '../environment/arch-facts.ts'
import { chooseArchs, loadConfig, readAdditions, withSession } from './inputs.ts'

export async function run(context: CommandContext): Promise<number> {
  const { options, log } = context
  const [file = ''] = context.args
  const { config, locate } = await loadConfig(file, log)
  const [arch = ''] = chooseArchs(options, config)
  const added = readAdditions(options, { packages: false })
  const validated = validateImageConfig(config, locate)
  const facts = await withSession(context, { offline: true }, (session) =>
    gatherArchFacts(validated, arch, { added, session, locate }),
  )
  const outcome = solveOrExplain(facts, added)
  if ('failure' in outcome) log.error(outcome.failure[0] ?? '')
  const spanningTree = options.flag('spanning-tree')
  const input = { file, world: config.contents.packages, ...outcome, spanningTree }
  if (options.flag('web')) {
    const linkOf = (name: string) => `?node=${encodeURIComponent(name)}`
    await serveGraph({
      draw: (first) => buildDependencyGraph({ ...input, first, linkOf }).toString(),
      env: context.env,
      signal: context.signal,
      onReady: (url) => context.print(`${url}\n`),
    })
    return 0
  }
  const graph = buildDependencyGraph(input)
  context.print(options.flag('json') ? `${JSON.stringify(graph, null, 2)}\n` : graph.toString())
  return 0
}

function solveOrExplain(facts: ArchFacts, added: Additions) {
  try {
    return { packages: solveArch(facts, added).map(({ record }) => record) }
  } catch (error) {
    if (!(error instanceof SolverError)) throw error
    return { packages: [], failure: [messageOf(error), ...error.chain.map(({ constraint }) => constraint)] }
  }
}
