import { instant } from '@apkts/encoding'
import { expect, test } from 'vitest'
import { type DebSbomInput, debDocument, formatSpdx, imageDocument } from '../../src/index.ts'

const DEB = { version: '12.2.0-14+deb12u1', arch: 'amd64', sha256: 'ab'.repeat(32), homepage: 'https://gcc.gnu.org/' }

const deb = (name: string, more: Partial<DebSbomInput> = {}): DebSbomInput => ({
  name,
  version: '12.2.0_p14-r51',
  arch: 'x86_64',
  vendor: 'debian',
  license: 'MIT',
  created: '2024-01-02T03:04:05Z',
  deb: { ...DEB, source: { name: 'gcc-12', version: '12.2.0-14' } },
  ...more,
})

test('the apk package was generated from the .deb, and that from its source package', () => {
  const { packages, relationships, documentDescribes } = debDocument(deb('libstdc++6'))
  const [, apk, binary, source] = packages.map(({ SPDXID }) => SPDXID)
  expect(documentDescribes).toEqual([apk])
  expect(relationships.map(({ spdxElementId, relatedSpdxElement }) => [spdxElementId, relatedSpdxElement])).toEqual([
    [apk, binary],
    [binary, source],
  ])
  expect(packages.slice(2).map(({ externalRefs }) => externalRefs?.[0]?.referenceLocator)).toEqual([
    'pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=amd64',
    'pkg:deb/debian/gcc-12@12.2.0-14?arch=source',
  ])
})

test('a package that only the import made has no origin', () => {
  const { deb: _, ...generated } = deb('merged-usr', { vendor: 'unknown' })
  const { packages, relationships } = debDocument(generated)
  expect(packages.map(({ name }) => name)).toEqual(['unknown', 'merged-usr'])
  expect(relationships).toEqual([])
})

test('licences without an identifier are explained, once each', () => {
  const license = 'LicenseRef-debian-public-domain AND (MIT OR LicenseRef-debian-x) AND LicenseRef-debian-x'
  const infos = debDocument(deb('a', { license })).hasExtractedLicensingInfos ?? []
  expect(infos.map(({ licenseId }) => licenseId)).toEqual(['LicenseRef-debian-public-domain', 'LicenseRef-debian-x'])
})

test('the document of an image has them with one entry for what has the same source, and no complaint', () => {
  const complaints: string[] = []
  const license = 'LicenseRef-debian-x'
  const digest = `sha256:${'a'.repeat(64)}` as const
  const { packages, relationships, hasExtractedLicensingInfos } = imageDocument({
    tool: 'Tool: test (1)',
    created: instant(0),
    imageName: 'app',
    platform: { architecture: 'amd64', os: 'linux' },
    manifest: { mediaType: 'x', digest },
    layers: [],
    osRelease: undefined,
    packages: ['g++-12', 'gcc-12'].map((name) => ({ name, document: formatSpdx(debDocument(deb(name, { license }))) })),
    warn: (message) => complaints.push(message),
  })
  expect(complaints).toEqual([])
  expect(packages.filter(({ primaryPackagePurpose }) => primaryPackagePurpose === 'SOURCE')).toHaveLength(1)
  expect(packages.filter(({ SPDXID }) => SPDXID.startsWith('SPDXRef-Package-deb'))).toHaveLength(3)
  expect(relationships.filter(({ relationshipType }) => relationshipType === 'GENERATED_FROM')).toHaveLength(4)
  expect(hasExtractedLicensingInfos).toHaveLength(1)
})
