import { toApkArch, validateImageConfig } from '@apkts/config'
import { didYouMean } from '@apkts/diagnostics'
import type { CommandContext } from '@apkts/diagnostics/cli'
import { findInSolution, lossesOf } from '@apkts/solver'
import { worldOf } from '../environment/additions.ts'
import { type ArchFacts, gatherArchFacts, solveArch, worldOnBase } from '../environment/arch-facts.ts'
import { ApkoError } from '../error.ts'
import { lossJson, packageJson } from '../explain/json.ts'
import { formatLosses, formatPackage } from '../explain/package.ts'
import { type Subject, subjectOf } from '../explain/subject.ts'
import { formatTree } from '../explain/tree.ts'
import { chooseArchs, loadConfig, readAdditions, readResolving, withSession } from './inputs.ts'

export async function run(context: CommandContext): Promise<number> {
  const { options, print } = context
  const [, question] = context.args
  const subjects = await solveAll(context)
  if (question !== undefined) requireKnown(subjects, question)
  if (options.flag('json')) {
    const architectures = subjects.map((subject) => subjectJson(subject, question))
    print(`${JSON.stringify({ architectures }, null, 2)}\n`)
    return 0
  }
  for (const subject of subjects) {
    if (subjects.length > 1) print(`${subject.arch}:\n`)
    print(question === undefined ? formatTree(subject) : answer(subject, question))
  }
  return 0
}

async function solveAll(context: CommandContext): Promise<Subject[]> {
  const { options, log } = context
  const { config, locate } = await loadConfig(context.args[0] ?? '', log, options.list('include-paths'))
  const archs = chooseArchs(options, config)
  const added = readAdditions(options, { packages: false })
  const resolving = readResolving(options)
  const validated = validateImageConfig(config, locate)
  const facts = await withSession(context, { offline: true, ignoreSignatures: true, include: true }, (session) =>
    Promise.all(archs.map((arch) => gatherArchFacts(validated, arch, { added, session, locate, ...resolving }))),
  )
  const world = ({ basePackages }: ArchFacts) => worldOnBase(worldOf(validated, added), basePackages)
  return facts.map((own) => {
    const packages = solveArch(own, added, facts)
    return subjectOf({ arch: toApkArch(own.arch), config: validated, world: world(own), packages, locate })
  })
}

function answer(subject: Subject, question: string): string {
  const found = findInSolution(subject.packages, question)
  if (found.length > 0) return found.map((item) => formatPackage(subject, item)).join('\n')
  return formatLosses(question, lossesOf(subject.packages, question))
}

function subjectJson(subject: Subject, question: string | undefined): object {
  const { arch, packages } = subject
  if (question === undefined) {
    return { arch, packages: packages.map((item) => packageJson(subject, item, { chain: false })) }
  }
  const found = findInSolution(packages, question)
  const notTaken = found.length > 0 ? [] : lossesOf(packages, question).map(lossJson)
  return { arch, packages: found.map((item) => packageJson(subject, item, { chain: true })), notTaken }
}

function requireKnown(subjects: readonly Subject[], question: string): void {
  const isKnown = ({ packages }: Subject) =>
    findInSolution(packages, question).length > 0 || lossesOf(packages, question).length > 0
  if (subjects.some(isKnown)) return
  const names = subjects.flatMap(({ packages }) => packages.map(({ record }) => record.name))
  throw new ApkoError(
    'PACKAGE_MISSING',
    `nothing in the image is or provides "${question}", and nothing asked for it`,
    {
      hint: didYouMean(question, new Set(names)),
    },
  )
}
