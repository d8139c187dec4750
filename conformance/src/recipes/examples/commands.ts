/** A command line, its exit status, and exactly what it prints; words of the error where it fails. */
export interface CommandExample {
  readonly name: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly exit: number
  readonly prints?: string
  readonly mentions?: string
}

const query = (template: string, prints: string): CommandExample => ({
  name: `E26 ${template}`,
  args: ['query', '7zip.yaml', template],
  exit: 0,
  prints,
})

/** Run in a directory that holds the files of `FILES`. */
export const COMMANDS: readonly CommandExample[] = [
  query('{{ .Package.Name }}-{{ .Package.Version }}-{{ .Package.Epoch }}', '7zip-2602-1'),
  query('{{ .Package.FullVersion }}', '2602-r1'),
  query('{{ .Package.LicenseExpression }}', 'LGPL-2.1-or-later AND LicenseRef-UNRAR'),
  query('{{ range .AllPackageNames }}{{ . }} {{ end }}', '7zip 7zip-doc '),
  query('{{ .Package.Copyright }}', '[{[]  LGPL-2.1-or-later  } {[]  LicenseRef-UNRAR DOC/unRarLicense.txt }]'),
  query('{{ (index .Pipeline 0).With.tag }}', '26.02'),
  query('{{ .Package.PackageURL "wolfi" "x86_64" }}', 'pkg:apk/wolfi/7zip@2602-r1?arch=x86_64&distro=wolfi'),
  query('{{ .Environment.Contents.Packages }}', '[build-base busybox ca-certificates-bundle]'),
  {
    name: 'E26 {{ .package.name }}',
    args: ['query', '7zip.yaml', '{{ .package.name }}'],
    exit: 1,
    mentions: 'package',
  },
  { name: 'E27', args: ['package-version', '7zip.yaml'], exit: 0, prints: '7zip-2602-r1' },
  {
    name: 'E28',
    args: ['query', 'cpe.yaml', '{{ .Package.Timeout }} {{ .Package.CPEString }}'],
    exit: 0,
    prints: '1h30m0s cpe:2.3:a:v:p:1:*:*:*:*:*:*:*',
  },
  { name: 'E30 unknown command', args: ['nonsuch'], exit: 1, mentions: 'nonsuch' },
  { name: 'E30 unknown flag', args: ['compile', '--nonsuch'], exit: 1, mentions: 'nonsuch' },
  { name: 'E30 compile without --arch', args: ['compile', 'cpe.yaml'], exit: 1, mentions: 'arch' },
  { name: 'E30 a short key', args: ['keygen', 'k', '--key-size', '1024'], exit: 1, mentions: '2048' },
  { name: 'E30 no command', args: [], exit: 0 },
  { name: 'E30 source', args: ['source'], exit: 0 },
  { name: 'E30 initramfs without arch', args: ['initramfs', '-o', 'x'], exit: 1 },
  {
    name: 'E30 HTTP_AUTH',
    args: ['compile', 'cpe.yaml', '--arch', 'x86_64'],
    env: { HTTP_AUTH: 'a:b' },
    exit: 1,
    mentions: '2 parts',
  },
]

export const FILES: Readonly<Record<string, string>> = {
  '7zip.yaml': `package:
  name: 7zip
  version: "2602"
  epoch: 1 # go/wolfi-rsc/7zip
  copyright:
    - license: LGPL-2.1-or-later
    - license: LicenseRef-UNRAR
      license-path: DOC/unRarLicense.txt

environment:
  contents:
    packages: [build-base, busybox, ca-certificates-bundle]

var-transforms:
  - from: \${{package.version}}
    match: (\\d{2})(\\d{2})
    replace: $1.$2
    to: dotted

pipeline:
  - uses: git-checkout
    with:
      repository: https://example.com/7zip
      tag: \${{vars.dotted}}

subpackages:
  - name: 7zip-doc
`,
  'cpe.yaml': 'package: {name: a, version: 1, timeout: 1h30m, cpe: {vendor: v, product: p}}\n',
}
