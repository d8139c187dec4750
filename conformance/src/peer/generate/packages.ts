import { CASE_TIME, type EntrySpec, type PackageSpec, type ScriptSpec } from '../case.ts'
import type { Random } from '../random.ts'
import { dataEntries } from './contents.ts'
import { specialEntries } from './special.ts'

const NAMES = ['alpha', 'beta', 'gamma', 'delta', 'eps', 'zeta-libs', 'zeta', 'x+y', 'Q.1', 'a_b']
const VERSIONS = [
  '1.0-r0',
  '1.0-r1',
  '1.2-r0',
  '2.0_rc1-r0',
  '0.9.9-r3',
  '1.10-r0',
  '3-r0',
  '1.0a-r0',
  '2.0-r0',
  '1.0_p1-r0',
]

/** Packages with contents of every type, which depend on each other loosely enough to be installed together mostly. */
export function randomPackages(random: Random): PackageSpec[] {
  const names = random.some(NAMES, 1, 6)
  const packages = names.flatMap((name, index) => {
    const versions = random.some(VERSIONS, 1, random.chance(0.2) ? 3 : 1)
    return versions.map((version) => packageOf(random, { name, version, earlier: names.slice(0, index) }))
  })
  const s6: PackageSpec = { name: 's6', version: '2.11-r0', fields: [['origin', 's6']], entries: [], scripts: [] }
  return [...packages, s6, ...(random.chance(0.4) ? specialPackages(random) : [])]
}

function specialPackages(random: Random): PackageSpec[] {
  return random.some(specialEntries, 1, 3).map((make) => {
    const { name, version, entries, provides } = make(random)
    const fields = [
      ['origin', name],
      ['builddate', String(CASE_TIME)],
      ['size', '4096'],
      ...provides.map((text) => ['provides', text]),
    ]
    return { name, version, fields: fields as [string, string][], entries, scripts: [] }
  })
}

interface Subject {
  readonly name: string
  readonly version: string
  readonly earlier: readonly string[]
}

function packageOf(random: Random, subject: Subject): PackageSpec {
  const { name, version } = subject
  return {
    name,
    version,
    ...random.maybe(0.3, { signed: true }),
    fields: fieldsOf(random, subject),
    entries: withSbom(random, subject, dataEntries(random, name)),
    scripts: scriptsOf(random),
    ...random.maybe(0.1, () => ({ installIf: [random.pick(NAMES)] })),
  }
}

function fieldsOf(random: Random, { name, earlier }: Subject): [string, string][] {
  const fields: [string, string][] = []
  const add = (probability: number, key: string, value: () => string) => {
    if (random.chance(probability)) fields.push([key, value()])
  }
  add(0.9, 'size', () => String(random.pick([0, 1, 4096, 7000, 123456789])))
  add(0.8, 'origin', () => (random.chance(0.5) ? name : random.pick(['alpha', 'shared'])))
  add(0.9, 'pkgdesc', () =>
    random.pick([
      'plain',
      'with: colon',
      'C# and F#',
      '"quoted"',
      'a ; b',
      'ü <&>',
      '%(pkgname)s',
      'end\\',
      '`tick`',
      "it's",
      '= x',
    ]),
  )
  add(0.8, 'url', () => random.pick(['https://example.com/', 'http://x/?a=1&b=2#f', '']))
  add(0.7, 'commit', () => '0123456789abcdef0123456789abcdef01234567')
  add(0.9, 'builddate', () => String(random.pick([0, 1_600_000_000, CASE_TIME, 1_800_000_000])))
  add(0.8, 'license', () => random.pick(['MIT', 'GPL-2.0-only OR MIT', 'custom', '']))
  add(0.1, 'license', () => 'Apache-2.0')
  add(0.3, 'maintainer', () => random.pick(['A B <a@b>', 'wolfi']))
  for (const other of random.some(earlier, 0, 2)) fields.push(['depend', dependencyOn(random, other)])
  for (const other of random.some(earlier, 0, random.chance(0.3) ? 2 : 0))
    fields.push(['replaces', random.chance(0.8) ? other : `${other}<2`])
  add(0.9, 'provides', () => `virt-${name}`)
  add(0.9, 'provides', () => `so:lib${name}.so.1=1`)
  add(0.3, 'provides', () => random.pick([`cmd:${name}=1`, `pc:${name}=1.0-r0`, 'merged-lib', 'virtual']))
  add(0.15, 'provides', () => random.pick(['virtual=1', 'ca-bundle', 'certs=1']))
  add(0.1, 'provider_priority', () => random.pick(['0', '5', '10']))
  add(0.1, 'triggers', () => random.pick(['/usr/lib/*', '/usr/bin /etc/*', '/a:/b']))
  add(0.05, 'replaces_priority', () => '3')
  return fields
}

function dependencyOn(random: Random, other: string): string {
  return random.pick([
    other,
    other,
    other,
    `${other}>0`,
    `${other}>=1.0`,
    `virt-${other}`,
    `${other}~1`,
    `${other}<9`,
    `so:lib${other}.so.1`,
    `!${other}-none`,
  ])
}

function scriptsOf(random: Random): ScriptSpec[] {
  const names = ['pre-install', 'post-install', 'trigger', 'post-upgrade', 'melange.yaml', 'dummy']
  return random.some(names, 0, random.chance(0.4) ? 3 : 0).map((name) => ({
    name,
    text: random.pick(['#!/bin/sh\nexit 0\n', '', '#!/bin/sh\n# é\n'.repeat(60)]),
    mode: random.pick([0o755, 0o644, 0o555, 0o777]),
  }))
}

function withSbom(random: Random, { name, version }: Subject, entries: readonly EntrySpec[]): EntrySpec[] {
  if (!random.chance(0.3)) return [...entries]
  const id = `SPDXRef-Package-${name}-${version}`.replace(/[^A-Za-z0-9.-]/g, '-')
  const hasSource = random.chance(0.5)
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `apk-${name}-${version}`,
    documentNamespace: `https://spdx.org/spdxdocs/chainguard/melange/${name}`,
    creationInfo: { created: '2023-11-14T22:13:20Z', creators: ['Tool: melange'], licenseListVersion: '3.22' },
    packages: [
      {
        SPDXID: id,
        name,
        versionInfo: version,
        filesAnalyzed: false,
        licenseConcluded: 'NOASSERTION',
        licenseDeclared: random.pick(['MIT', 'NOASSERTION', 'LicenseRef-x']),
        downloadLocation: 'NOASSERTION',
        copyrightText: '',
        supplier: 'Organization: X',
        externalRefs: [
          {
            referenceCategory: 'PACKAGE-MANAGER',
            referenceLocator: `pkg:apk/unknown/${name}@${version}`,
            referenceType: 'purl',
          },
        ],
      },
      ...(hasSource
        ? [
            {
              SPDXID: 'SPDXRef-Package-source',
              name: 'source',
              versionInfo: 'c',
              filesAnalyzed: false,
              licenseConcluded: 'NOASSERTION',
              licenseDeclared: 'NOASSERTION',
              downloadLocation: 'git+https://x',
              supplier: 'NOASSERTION',
            },
          ]
        : []),
    ],
    relationships: [
      { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: id },
      ...(hasSource || random.chance(0.02)
        ? [{ spdxElementId: id, relationshipType: 'GENERATED_FROM', relatedSpdxElement: 'SPDXRef-Package-source' }]
        : []),
    ],
    ...(random.chance(0.2)
      ? { hasExtractedLicensingInfos: [{ licenseId: 'LicenseRef-x', extractedText: 'text <of> it' }] }
      : {}),
    ...(random.chance(0.5) ? { documentDescribes: [id] } : {}),
    ...(random.chance(0.2)
      ? {
          files: [
            { SPDXID: 'SPDXRef-File--x', fileName: '/x', checksums: [{ algorithm: 'SHA256', checksumValue: '00' }] },
          ],
        }
      : {}),
  }
  const known = new Set(entries.map(({ path }) => path))
  const directories = ['var', 'var/lib', 'var/lib/db', 'var/lib/db/sbom'].filter((path) => !known.has(path))
  const path = `var/lib/db/sbom/${name}-${version}.spdx.json`
  return [
    ...entries,
    ...directories.map((directory): EntrySpec => ({ path: directory, type: 'directory' })),
    { path, type: 'file', text: JSON.stringify(document) },
  ]
}
