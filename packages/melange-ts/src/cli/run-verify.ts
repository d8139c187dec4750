import { DiagnosticError, errorToJson, throwProblems } from '@apkts/diagnostics'
import type { CommandContext } from '@apkts/diagnostics/cli'
import { isRemoteKey, type Keys, keyFileName, loadPublicKey, readPublicKeys } from '@apkts/keyring'
import { openRepositories, type RepositoryClient } from '@apkts/repository'
import { outcomeOf, type Report, reportJson, reportText, verifySubject } from '../verify/index.ts'

const REFUSED = 3

export async function run(context: CommandContext): Promise<number> {
  const { args, options, log, signal, env, print } = context
  const client = openRepositories({ keys: new Map(), log, signal, env })
  const problems: DiagnosticError[] = []
  const reports: Report[] = []
  const stage = log.stage('verify')
  try {
    const keys = await loadKeys(options.list('keyring-append'), client)
    const shared = { keys, client, archs: options.list('arch') }
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
  const local = locations.filter((location) => !isRemoteKey(location))
  const keys = new Map(await readPublicKeys(local))
  for (const url of locations.filter(isRemoteKey)) {
    const name = decodeURIComponent(keyFileName(url.replace(/[?#].*$/, '')))
    const text = Buffer.from(await client.fetchBytes(url)).toString()
    keys.set(name, loadPublicKey(text, url).pem)
  }
  return keys
}
