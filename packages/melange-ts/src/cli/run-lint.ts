import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { splitApk } from '@apkts/apk'
import { gunzipAll, parseTar } from '@apkts/archive'
import { writeFileAtomic } from '@apkts/cache'
import { DiagnosticError, throwProblems } from '@apkts/diagnostics'
import { type CommandContext, UsageError } from '@apkts/diagnostics/cli'
import { goJson, utf8Decode } from '@apkts/encoding'
import { isRemote, openRepositories } from '@apkts/repository'
import { parse } from 'yaml'
import {
  lintFailure,
  lintJson,
  lintPackage,
  lintResultFile,
  lintResultText,
  lintSarif,
  type PackageReport,
} from '../lint/index.ts'
import { treeFromTar } from '../tree/index.ts'

const MAX_DATA = 4 * 2 ** 30

export async function run(context: CommandContext): Promise<undefined> {
  const { env, signal, log } = context
  const format = formatOf(context)
  const client = openRepositories({ keys: new Map(), env, signal, log })
  const problems: DiagnosticError[] = []
  const reports: PackageReport[] = []
  try {
    for (const file of context.args) {
      try {
        const bytes = isRemote(file) ? await client.fetchBytes(file) : await readFile(file)
        const report = await lintFile(file, bytes, context)
        reports.push(report)
        if (report.failures.length > 0) problems.push(lintFailure(report.package, report.failures))
      } catch (error) {
        if (!(error instanceof DiagnosticError)) throw error
        problems.push(error)
      }
    }
  } finally {
    await client.close()
  }
  if (format === 'json') context.print(`${goJson(lintJson(reports), '  ')}\n`)
  if (format === 'sarif') context.print(lintSarif(reports, context.version))
  throwProblems(problems)
}

function formatOf({ options }: CommandContext): string {
  const format = options.string('format')
  if (['text', 'json', 'sarif'].includes(format)) return format
  throw new UsageError('FLAG_VALUE', `expected text, json or sarif in --format, found ${JSON.stringify(format)}`)
}

async function lintFile(file: string, bytes: Uint8Array, { options, log }: CommandContext): Promise<PackageReport> {
  const { pkgInfo, controlMembers, dataOffset } = splitApk(bytes, file)
  const recipe = controlMembers.find(({ header }) => header.path === '.melange.yaml')
  if (recipe === undefined) log.warn(`${file} has no .melange.yaml: linters that need the recipe guess`)
  const subject = {
    name: pkgInfo.name,
    tree: treeFromTar(parseTar(gunzipAll(bytes.subarray(dataOffset), MAX_DATA))),
    testUses: recipe === undefined ? undefined : testUses(utf8Decode(recipe.content), pkgInfo.name),
  }
  const selection = { required: options.list('lint-require'), warning: options.list('lint-warn'), disabled: [] }
  const { results, failures } = lintPackage(subject, selection, log)
  const text = lintResultText(pkgInfo.name, pkgInfo.version, results)
  if (options.flag('persist-lint-results') && text !== undefined) {
    const directory = join(options.string('out-dir'), pkgInfo.arch)
    await mkdir(directory, { recursive: true })
    await writeFileAtomic(join(directory, lintResultFile(pkgInfo.name, pkgInfo.version)), text)
  }
  return { file, package: `${pkgInfo.name}-${pkgInfo.version}`, results, failures }
}

interface RecordedPackage {
  readonly name?: string
  readonly test?: { readonly pipeline?: readonly { readonly uses?: string }[] | null } | null
}

function testUses(text: string, name: string): string[] {
  const recipe = parse(text) as RecordedPackage & { package?: RecordedPackage; subpackages?: RecordedPackage[] | null }
  const owner =
    recipe.package?.name === name ? recipe : recipe.subpackages?.find((candidate) => candidate.name === name)
  return (owner?.test?.pipeline ?? []).map((step) => step.uses ?? '')
}
