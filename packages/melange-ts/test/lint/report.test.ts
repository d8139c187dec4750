import { silentLog } from '@apkts/diagnostics'
import { utf8 } from '@apkts/encoding'
import { expect, test } from 'vitest'
import { findingPaths, LINTERS, lintJson, lintPackage, lintSarif, type PackageReport } from '../../src/lint/index.ts'
import { packageTree, type TreeEntry, treeEntry } from '../../src/tree/index.ts'

const file = (path: string, fields: Partial<TreeEntry> = {}): TreeEntry => treeEntry({ path, type: 'file', ...fields })

function report(entries: readonly TreeEntry[]): PackageReport {
  const subject = { name: 'pkg', tree: packageTree(entries), testUses: [] }
  const selection = { required: ['worldwrite'], warning: ['opt', 'empty'], disabled: [] }
  return { file: 'out dir/pkg-1-r0.apk', package: 'pkg-1-r0', ...lintPackage(subject, selection, silentLog) }
}

const REPORT = report([file('opt/a'), file('usr/b', { mode: 0o666 })])

test('JSON tells each finding with its paths, and which were required', () => {
  expect(lintJson([REPORT, report([file('usr/fine')])])).toMatchObject({
    packages: [
      {
        file: 'out dir/pkg-1-r0.apk',
        package: 'pkg-1-r0',
        findings: [
          { linter: 'opt', required: false, message: 'pkg writes to /opt', paths: ['opt/a'] },
          { linter: 'worldwrite', required: true, paths: ['usr/b'], details: { files: [{ mode: '666' }] } },
        ],
      },
      { findings: [] },
    ],
  })
})

test('SARIF has a rule for each linter that found something, errors for required ones, and places', () => {
  const log = JSON.parse(lintSarif([REPORT], '1.2.3')) as { runs: { tool: unknown; results: { ruleId: string }[] }[] }
  expect(log).toMatchObject({ version: '2.1.0', $schema: expect.stringContaining('sarif-schema-2.1.0.json') })
  expect(log.runs[0]!.tool).toMatchObject({ driver: { name: 'melange-ts lint', version: '1.2.3' } })
  const rules = (log.runs[0]!.tool as { driver: { rules: { id: string }[] } }).driver.rules.map(({ id }) => id)
  expect(rules.sort()).toEqual(log.runs[0]!.results.map(({ ruleId }) => ruleId).sort())
  expect(log.runs[0]!.results).toMatchObject([
    { ruleId: 'opt', level: 'warning', message: { text: 'pkg writes to /opt' } },
    {
      ruleId: 'worldwrite',
      level: 'error',
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: 'out%20dir/pkg-1-r0.apk' } },
          logicalLocations: [{ fullyQualifiedName: 'usr/b', kind: 'member' }],
        },
      ],
    },
  ])
})

test.each([
  ['https://packages.example/os/x86_64/a-1-r0.apk', 'https://packages.example/os/x86_64/a-1-r0.apk'],
  ['/out/a#1.apk', 'file:///out/a%231.apk'],
  ['out/a?.apk', 'out/a%3F.apk'],
])('SARIF names %s as %s', (given, uri) => {
  const [run] = JSON.parse(lintSarif([{ ...REPORT, file: given }], '1')).runs
  expect(run.artifacts).toEqual([{ location: { uri } }])
  expect(run.results[0].locations[0].physicalLocation).toEqual({ artifactLocation: { uri } })
})

test('a finding about the whole package names no path', () => {
  const results = report([]).results
  expect(results.map(({ finding }) => findingPaths(finding))).toEqual([[]])
})

test('duplicates name all their paths', () => {
  const content = { kind: 'bytes', bytes: utf8('x'.repeat(2000)) } as const
  const tree = packageTree([file('a/f', { content }), file('b/f', { content })])
  const finding = LINTERS.get('duplicate')!.check({ name: 'pkg', tree, testUses: [] })!
  expect(findingPaths(finding)).toEqual(['a/f', 'b/f'])
})
