import { describe, expect, test } from 'vitest'
import { formatSpdx, type PackageSbomInput, packageDocument, type Source, titleCase } from '../../src/index.ts'

const COMMIT = '0123456789abcdef0123456789abcdef01234567'

const INPUT: PackageSbomInput = {
  name: 'sb+plus',
  version: '1.2.3-r0',
  arch: 'x86_64',
  namespace: 'my distro',
  license: 'MIT AND ISC',
  copyrightText: '',
  cpe: '',
  created: '2023-11-14T22:13:21Z',
  tool: 'melange-ts (devel)',
  recipe: {
    path: 'min.yaml',
    commit: COMMIT,
    repositoryUrl: 'https://github.com/example/recipes',
    license: 'NOASSERTION',
  },
  ownSources: [],
  mainSources: [],
  extractedLicenses: [],
}

const NO_GIT = { kind: 'git', index: 3, branch: '', tag: '', commit: '' } as const

function purls(input: Partial<PackageSbomInput>): (string | undefined)[] {
  return packageDocument({ ...INPUT, ...input }).packages.map((item) => item.externalRefs?.[0]?.referenceLocator)
}

describe('a package', () => {
  test('is identified with escaped characters', () => {
    const [, apk] = packageDocument(INPUT).packages
    expect(apk).toMatchObject({
      SPDXID: 'SPDXRef-Package-apk-sbC43plus-1.2.3-r0',
      supplier: 'Organization: My Distro',
      externalRefs: [{ referenceLocator: 'pkg:apk/my%20distro/sb%2Bplus@1.2.3-r0?arch=x86_64&distro=my%20distro' }],
    })
  })

  test('has no distribution when the namespace is unknown', () => {
    expect(purls({ namespace: 'unknown' })[1]).toBe('pkg:apk/unknown/sb%2Bplus@1.2.3-r0?arch=x86_64')
  })

  test('carries its CPE', () => {
    const [, apk] = packageDocument({ ...INPUT, cpe: 'cpe:2.3:a:acme:widget:1.2.3:*:*:*:*:*:*:*' }).packages
    expect(apk!.externalRefs!.map((reference) => reference.referenceType)).toEqual(['purl', 'cpe23Type'])
  })
})

test.each([
  ['golden', '1.2.3-r0', '9601bd3e8ffbbfe7af9fcbfb92c0a915'],
  ['golden', '2-r0', 'ee42d044c15a2091d298ffea3e081323'],
])('documents of %s %s share a namespace', (namespace, version, hash) => {
  const { documentNamespace } = packageDocument({ ...INPUT, namespace, version })
  expect(documentNamespace).toBe(`https://spdx.org/spdxdocs/chainguard/melange/${hash}`)
})

describe('the recipe', () => {
  test.each([
    ['min.yaml', '#min.yaml'],
    ['./min.yaml', '#./min.yaml'],
    ['../t3/min.yaml', '#../t3/min.yaml'],
    ['/abs/min.yaml', '#abs/min.yaml'],
    ['src/../min.yaml', '#min.yaml'],
    ['a/./b.yaml', '#a/b.yaml'],
  ])('%s has the subpath %s', (path, subpath) => {
    expect(purls({ recipe: { ...INPUT.recipe, path } })[2]).toBe(`pkg:github/example/recipes@${COMMIT}${subpath}`)
  })

  test('on another host keeps the whole URL', () => {
    const recipe = { ...INPUT.recipe, repositoryUrl: 'https://gitlab.com/foo/bar' }
    expect(purls({ recipe })[2]).toMatch(/^pkg:github\/https:\/%2Fgitlab.com%2Ffoo%2Fbar@/)
  })

  test('needs a repository', () => {
    const recipe = { ...INPUT.recipe, repositoryUrl: 'nothing' }
    expect(() => packageDocument({ ...INPUT, recipe })).toThrow(expect.objectContaining({ code: 'SOURCE_URL' }))
  })
})

describe('sources', () => {
  const fetched: Source = {
    kind: 'fetch',
    index: 0,
    uri: 'https://example.com/a/foo-1.2.3.tar.gz?x=1&y=2',
    purlName: 'sbomsrc',
    purlVersion: '1.2.3',
    sha256: '',
    sha512: '7c44',
  }
  const github: Source = { ...NO_GIT, repository: 'https://github.com/Acme/Widget.git', tag: 'v1.2.3', commit: '1111' }

  test('a download names its checksum and address', () => {
    expect(purls({ mainSources: [fetched] })[3]).toBe(
      'pkg:generic/sbomsrc@1.2.3?checksum=sha512:7c44&download_url=https:%2F%2Fexample.com%2Fa%2Ffoo-1.2.3.tar.gz%3Fx%3D1%26y%3D2',
    )
  })

  test('a repository on github is a package of github', () => {
    expect(packageDocument({ ...INPUT, mainSources: [github] }).packages[3]).toMatchObject({
      SPDXID: 'SPDXRef-Package-Source-github.com-Acme-Widget.git-v1.2.3-1111-3',
      name: 'Widget',
      versionInfo: 'v1.2.3',
      downloadLocation: 'https://github.com/Acme/Widget/archive/1111.tar.gz',
      supplier: 'Organization: Acme',
      externalRefs: [{ referenceLocator: 'pkg:github/acme/widget@v1.2.3' }],
    })
  })

  test.each([
    [
      { repository: 'https://gitlab.com/group/sub/proj.git', tag: 'v2', commit: '3333' },
      'group/sub/proj',
      'https://tarballs.cgr.dev/g/461a7706b9066ae67ce00c2f742666d4a7edca1998f498c823fde43b65a1df95-3333.tar.gz',
      'pkg:generic/group%2Fsub%2Fproj@v2?vcs_url=git%2Bhttps:%2F%2Fgitlab.com%2Fgroup%2Fsub%2Fproj.git%403333',
    ],
    [
      { repository: 'git://sourceware.org/git/glibc.git', tag: 'glibc-2.40' },
      'git/glibc',
      'https://tarballs.cgr.dev/g/9d9e556c37c3b2582a24d0c98116d05bc762b0b45687c6a18ae7ef2c1c34829b-glibc-2.40.tar.gz',
      'pkg:generic/git%2Fglibc@glibc-2.40?vcs_url=git:%2F%2Fsourceware.org%2Fgit%2Fglibc.git',
    ],
  ])('a repository elsewhere: $0.repository', (fields, name, downloadLocation, purl) => {
    const [source] = packageDocument({ ...INPUT, mainSources: [{ ...NO_GIT, ...fields }] }).packages.slice(3)
    expect(source).toMatchObject({ name, downloadLocation, externalRefs: [{ referenceLocator: purl }] })
  })

  test('a branch alone says nothing about what was built', () => {
    const branch: Source = { ...NO_GIT, repository: 'https://example.org/x.git', branch: 'main' }
    expect(packageDocument({ ...INPUT, mainSources: [branch] }).packages).toHaveLength(3)
  })

  test('a repository must be a URL', () => {
    const scp: Source = { ...NO_GIT, repository: 'git@host:path', tag: 'v1' }
    expect(() => packageDocument({ ...INPUT, mainSources: [scp] })).toThrow(
      expect.objectContaining({ code: 'SOURCE_URL' }),
    )
  })

  test('of a subpackage come before the recipe, those of the main package after it', () => {
    const { relationships } = packageDocument({ ...INPUT, ownSources: [fetched], mainSources: [github] })
    expect(relationships.map((row) => row.relationshipType)).toEqual([
      'GENERATED_FROM',
      'DESCRIBED_BY',
      'GENERATED_FROM',
    ])
  })
})

test('the text ends with a newline and escapes what HTML would read', () => {
  const text = formatSpdx(packageDocument({ ...INPUT, copyrightText: '<a & b>' }))
  expect(text.endsWith('}\n')).toBe(true)
  expect(text).toContain('\\u003ca \\u0026 b\\u003e')
})

test.each([
  ['wolfi', 'Wolfi'],
  ['chainguard-dev', 'Chainguard-Dev'],
  ['FOO', 'Foo'],
  ['foo_bar', 'Foo_bar'],
  ['foo.bar', 'Foo.bar'],
  ['3scale', '3Scale'],
  ["o'neil", "O'neil"],
  ['a/b', 'A/B'],
])('the title of %s is %s', (text, expected) => expect(titleCase(text)).toBe(expected))
