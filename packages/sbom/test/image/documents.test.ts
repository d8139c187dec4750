import { type Digest, instant } from '@apkts/encoding'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  embeddedDocumentPaths,
  formatSpdx,
  type ImageSbomInput,
  imageDocument,
  indexDocument,
  parseEmbeddedDocument,
} from '../../src/index.ts'

const digest = (character: string): Digest => `sha256:${character.repeat(64)}`
const MANIFEST = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: digest('a') }
const LAYER = { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digest('b') }
const IMAGE_ID = `SPDXRef-Package-Image-sha256-${'a'.repeat(64)}`

const input: ImageSbomInput = {
  tool: 'Tool: test (1)',
  created: instant(0),
  imageName: 'app',
  platform: { architecture: 'amd64', os: 'linux' },
  manifest: MANIFEST,
  layers: [LAYER],
  osRelease: 'ID=te_st\nNAME="Test OS"\nVERSION_ID=7\n',
  packages: [],
}

const made = (id: string, fields: object = {}) => ({ SPDXID: id, name: id, downloadLocation: 'NOASSERTION', ...fields })
const related = (from: string, to: string, relationshipType = 'CONTAINS') => ({
  spdxElementId: from,
  relationshipType,
  relatedSpdxElement: to,
})

function withDocuments(...documents: (object | string)[]): ImageSbomInput {
  const packages = documents.map((document, i) => ({
    name: `p${i}`,
    document: typeof document === 'string' ? document : JSON.stringify(document),
  }))
  return { ...input, packages }
}

describe('the document of an image', () => {
  test('describes image, layers and operating system', () => {
    const document = imageDocument(input)
    expect(document.name).toBe(`sbom-${LAYER.digest}`)
    expect(document.documentDescribes).toEqual([IMAGE_ID])
    expect(document.packages.map(({ SPDXID }) => SPDXID)).toEqual([
      IMAGE_ID,
      `SPDXRef-Package-ImageLayer-sha256-${'b'.repeat(64)}`,
      'SPDXRef-OperatingSystem-teC95st',
    ])
    expect(document.packages[0]?.externalRefs?.[0]?.referenceLocator).toBe(
      `pkg:oci/app@${digest('a')}?arch=amd64&mediaType=application%2Fvnd.oci.image.manifest.v1%2Bjson&os=linux`,
    )
    expect(document.packages.map(({ supplier }) => supplier)).toEqual(Array(3).fill('Organization: Test OS'))
  })

  test('without a usable tag it is about some image', () => {
    const [image] = imageDocument({ ...input, imageName: undefined }).packages
    expect(image?.externalRefs?.[0]?.referenceLocator).toMatch(/^pkg:oci\/image@/)
  })

  test('takes what is described and what that leads to, but no files, and nothing else', () => {
    const document = imageDocument(
      withDocuments({
        documentDescribes: ['A', 'not-there'],
        packages: [made('Z'), made('C'), made('A'), made('B')],
        relationships: [related('B', 'C'), related('A', 'B'), related('A', 'SPDXRef-File-x'), related('Z', 'A')],
      }),
    )
    expect(document.packages.slice(3).map(({ name }) => name)).toEqual(['C', 'A', 'B'])
    expect(document.relationships.slice(1)).toEqual([related('B', 'C'), related('A', 'B'), related(IMAGE_ID, 'A')])
  })

  test('knows DESCRIBES relationships', () => {
    const relationships = [related('SPDXRef-DOCUMENT', 'A', 'DESCRIBES')]
    const document = imageDocument(withDocuments({ packages: [made('A')], relationships }))
    expect(document.relationships.at(-1)).toEqual(related(IMAGE_ID, 'A'))
  })

  test.each([
    ['nothing', {}, 'Organization: Test OS', 'Organization: Test OS'],
    ['an originator', { originator: 'Person: X' }, 'Person: X', 'Person: X'],
    ['a supplier', { supplier: 'Person: Y' }, 'Organization: Test OS', 'Person: Y'],
  ])('fills in who made a package that names %s', (_, fields, originator, supplier) => {
    const document = imageDocument(
      withDocuments({
        documentDescribes: ['A'],
        packages: [made('A', { ...fields, filesAnalyzed: true, unknown: 1 })],
      }),
    )
    expect(document.packages.at(-1)).toMatchObject({ originator, supplier, filesAnalyzed: false })
    expect(document.packages.at(-1)).not.toHaveProperty('unknown')
  })

  test('the first package of an identifier and the first text of a licence stay', () => {
    const about = (text: string) => ({
      documentDescribes: ['A'],
      packages: [made('A', { description: text })],
      hasExtractedLicensingInfos: [{ licenseId: 'LicenseRef-x', extractedText: text }],
    })
    const warnings: string[] = []
    const document = imageDocument({
      ...withDocuments(about('one'), about('one'), about('two')),
      warn: (message) => warnings.push(message),
    })
    expect(document.packages.slice(3).map(({ description }) => description)).toEqual(['one'])
    expect(document.hasExtractedLicensingInfos).toEqual([{ licenseId: 'LicenseRef-x', extractedText: 'one' }])
    expect(warnings).toEqual([expect.stringContaining('LicenseRef-x differ in Text')])
  })

  test('a relationship to something missing is an error naming it and the package', () => {
    const document = { documentDescribes: ['A'], packages: [made('A')], relationships: [related('A', 'gone')] }
    expect(() => imageDocument(withDocuments(document))).toThrow(
      expect.objectContaining({ code: 'PACKAGE_SBOM_INVALID', message: expect.stringMatching(/p0.*gone/) }),
    )
  })

  test.each(['{', '[]', '3', '{"packages": 1}', '{"packages": [{"name": 1}]}', '{"documentDescribes": [{}]}'])(
    'a document that is not SPDX is passed over: %s',
    (text) => {
      expect(parseEmbeddedDocument(text)).toBeUndefined()
      expect(imageDocument(withDocuments(text)).packages).toHaveLength(3)
    },
  )

  test('any JSON is read or passed over, and a cycle of relationships ends', () => {
    const id = fc.constantFrom('A', 'B', 'C', 'SPDXRef-File-1', 'SPDXRef-DOCUMENT')
    const graph = fc.record({
      documentDescribes: fc.array(id),
      packages: fc.array(id.map((name) => made(name))),
      relationships: fc.array(
        fc.tuple(id, id, fc.constantFrom('DESCRIBES', 'CONTAINS')).map(([a, b, type]) => related(a, b, type)),
      ),
    })
    fc.assert(
      fc.property(fc.oneof(graph, fc.json()), (document) => {
        try {
          imageDocument(withDocuments(document))
        } catch (error) {
          expect(error).toHaveProperty('code', 'PACKAGE_SBOM_INVALID')
        }
      }),
    )
  })

  test('a package’s document is looked for by version, by version without release, by name', () => {
    expect(embeddedDocumentPaths('a', '1.0-r12')).toEqual([
      '/var/lib/db/sbom/a-1.0-r12.spdx.json',
      '/var/lib/db/sbom/a-1.0.spdx.json',
      '/var/lib/db/sbom/a.spdx.json',
    ])
  })
})

describe('the document of an index', () => {
  const index = { mediaType: 'application/vnd.oci.image.index.v1+json', digest: digest('c') }
  const build = (vcsUrl: string) =>
    indexDocument({ ...input, index, images: [{ manifest: MANIFEST, platform: input.platform }], vcsUrl })

  test('lists the images as variants', () => {
    const document = build('')
    expect(document.packages.map(({ name, description }) => [name, description])).toEqual([
      [index.digest, 'Multi-arch image index'],
      [MANIFEST.digest, undefined],
    ])
    expect(document.relationships.map(({ relationshipType }) => relationshipType)).toEqual(['VARIANT_OF'])
    expect(document.packages[0]?.externalRefs?.[0]?.referenceLocator).toBe(
      `pkg:oci/app@${index.digest}?mediaType=application%2Fvnd.oci.image.index.v1%2Bjson`,
    )
  })

  test.each([
    ['git+ssh://github.com/acme/img.git@abc', 'github.com/acme/img.git', 'abc', 'pkg:github/acme/img@abc'],
    ['https://github.com/acme/a/b.git@abc', 'github.com/acme/a/b.git', 'abc', 'pkg:github/acme/a%2Fb@abc'],
    ['https://example.com/r.git@abc@def', 'example.com/r.git', 'abc@def', undefined],
    ['git://x/r', 'x/r', '', undefined],
  ])('names the source %s', (vcsUrl, name, versionInfo, locator) => {
    const document = build(vcsUrl)
    const source = document.packages.at(-1)
    expect(source).toMatchObject({ name, versionInfo, downloadLocation: vcsUrl, primaryPackagePurpose: 'SOURCE' })
    expect(source?.externalRefs?.[0]?.referenceLocator).toBe(locator)
    expect(document.relationships.at(-1)).toMatchObject({ relationshipType: 'GENERATED_FROM' })
  })

  test('without images there is none', () => {
    expect(() => indexDocument({ ...input, index, images: [], vcsUrl: '' })).toThrow(/no architecture images found/)
  })
})

describe('the text of a document', () => {
  test('leaves out what is empty, escapes as Go does, and ends with a newline', () => {
    const text = formatSpdx(imageDocument(input))
    expect(text.endsWith('}\n')).toBe(true)
    expect(text).toContain('?arch=amd64\\u0026mediaType=')
    expect(text).not.toMatch(/hasExtractedLicensingInfos|originator|"checksums": \[\]/)
    expect(Object.keys(JSON.parse(text))).toEqual([
      'SPDXID',
      'name',
      'spdxVersion',
      'creationInfo',
      'dataLicense',
      'documentNamespace',
      'documentDescribes',
      'packages',
      'relationships',
    ])
  })
})
