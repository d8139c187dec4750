import { DiagnosticError, errorToJson, throwProblems } from '@apkts/diagnostics'
import { type CommandContext, UsageError } from '@apkts/diagnostics/cli'
import { gatherKeys, type KeyPolicy, type Keys } from '@apkts/keyring'
import { openRepositories, type RepositoryClient } from '@apkts/repository'
import { outcomeOf, type Report, reportJson, reportText, verifySubject } from '../verify/index.ts'

const REFUSED = 3

export async function run(context: CommandContext): Promise<number> {
  const { args, options, log, signal, env, print } = context
  const policy = policyOf(options.list('key-expiry'))
  const client = openRepositories({ keys: new Map(), log, signal, env })
  const problems: DiagnosticError[] = []
  const reports: Report[] = []
  const stage = log.stage('verify')
  try {
    const keys = await loadKeys(options.list('keyring-append'), client)
    const shared = { keys, client, policy, archs: options.list('arch') }
    for (const subject of args) {
      try {
        reports.push(await verifySubject(subject, { ...shared, onPackage: (item) => stage.update({ item }) }))
      } catch (error) {
        if (!(error instanceof DiagnosticError)) throw error
        problems.push(error)
      }
    }
  } finally {
    stage.end()
    await client.close()
  }
  if (options.flag('json')) {
    const document = { reports: reports.map(reportJson), errors: problems.map(errorToJson) }
    print(`${JSON.stringify(document, null, 2)}\n`)
  } else for (const report of reports) print(reportText(report))
  throwProblems(problems)
  return reports.every((report) => outcomeOf(report) === 'ok') ? 0 : REFUSED
}

/** Trusted keys by file name, from files, directories and URLs. */
async function loadKeys(locations: readonly string[], client: RepositoryClient): Promise<Keys> {
  return gatherKeys(locations, async (url) => ({ status: 200, bytes: await client.fetchBytes(url) }))
}

/** What `--key-expiry NAME=DATE` says. @throws UsageError */
function policyOf(entries: readonly string[]): KeyPolicy {
  const expires = new Map(entries.map(expiryOf))
  return { expires, now: Date.now() / 1000 }
}

function expiryOf(entry: string): [string, number] {
  const [, name, date] = /^(.+)=(\d{4}-\d{2}-\d{2})$/.exec(entry) ?? []
  const time = Date.parse(`${date}T00:00:00Z`)
  if (name !== undefined && !Number.isNaN(time)) return [name, time / 1000]
  throw new UsageError('FLAG_VALUE', `--key-expiry wants KEY=YYYY-MM-DD, found ${JSON.stringify(entry)}`)
}
