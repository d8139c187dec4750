import { type Example, fails, P, prints, script } from './example.ts'

const version = (text: string): string => `package: {name: a, version: ${text}, epoch: 0}\n`
const inPackage = (text: string): string => `package: {name: a, version: "1", ${text}}\n`
const transform = (from: string, match: string, replace: string): string =>
  `package: {name: a, version: 1.2.3.4, epoch: 7, description: "\${{vars.t}}"}
var-transforms:
  - {from: "\${{package.version}}", match: '^(\\d+)\\.(\\d+).*', replace: "\${1}_\${2}", to: t3}
  - {from: ${JSON.stringify(from)}, match: ${JSON.stringify(match)}, replace: ${JSON.stringify(replace)}, to: t}
`

const MINIMAL = {
  package: { name: 'a', version: '1', epoch: 0, commit: 'abc', dependencies: {}, checks: {}, cpe: {}, resources: {} },
  environment: {
    contents: {},
    entrypoint: {},
    accounts: {
      users: [{ username: 'build', uid: 1000, gid: 1000 }],
      groups: [{ groupname: 'build', gid: 1000, members: ['build'] }],
    },
    environment: {
      COMPOSER_CACHE_DIR: '/var/cache/melange/composer',
      GOMODCACHE: '/var/cache/melange/gomodcache',
      GOPATH: '/home/build/.cache/go',
      HOME: '/home/build',
      PIP_CACHE_DIR: '/var/cache/melange/pip',
      UV_CACHE_DIR: '/var/cache/melange/uv',
      npm_config_cache: '/var/cache/melange/npm',
    },
  },
  capabilities: {},
  update: { enabled: false },
}

const TRANSFORMS: readonly [from: string, match: string, replace: string, result: string][] = [
  ['${{package.version}}', '\\.(\\d+)$', '+$1', '1.2.3+4'],
  ['${{package.version}}', '^(\\d+)\\.(\\d+).*', '$1_$2', '2'],
  ['${{package.version}}', '^(\\d+)\\.(\\d+).*', '${1}_${2}', '1_2'],
  ['${{vars.t3}}-${{package.epoch}}', '_', '/', '1/2-7'],
  ['${{package.full-version}}', '(?P<maj>\\d+)\\..*', '${maj}$$$9x', '1$'],
  ['literal', '(?i)LIT', '', 'eral'],
  ['${{package.version}}', '', '-', '-1-.-2-.-3-.-4-'],
  ['${{package.name}}', '^', '${{vars.t1}}', '${{vars.t1}}a'],
]

/** What loading does. */
export const LOADING: readonly Example[] = [
  prints('E1', P, { '': MINIMAL }),
  ...(['1.10', '0x10'] as const).map((text) =>
    prints(`E2 version ${text}`, version(text), { '/package/version': text }),
  ),
  ...(
    [
      ['0x10', 16],
      ['010', 8],
      ['1.7', 1],
    ] as const
  ).map(([text, epoch]) => prints(`E2 epoch ${text}`, inPackage(`epoch: ${text}`), { '/package/epoch': epoch })),
  ...['"3"', '-1'].map((text) => fails(`E2 epoch ${text}`, inPackage(`epoch: ${text}`), [/epoch/])),
  fails('E2 version null', version('null'), [/version/]),
  prints('E2 timeout 1h30m', inPackage('timeout: 1h30m'), { '/package/timeout': 5400000000000 }),
  fails('E2 timeout 3600', inPackage('timeout: 3600'), [/timeout/]),
  prints('E3', `${P}vars: {a: 1, b: true, c: null, d: 1.50, e: 2020-01-01, 5: x, true: y, null: q}\n`, {
    '/vars': { 5: 'x', a: '1', b: 'true', c: '', d: '1.50', e: '2020-01-01', true: 'y' },
  }),
  prints('E4', `${P}vars: {b: 3, <<: [{a: 1, b: 2}, {a: 9, c: 4}]}\n`, { '/vars': { a: '1', b: '3', c: '4' } }),
  prints('E5', inPackage("dependencies: {runtime: [1, 1.0, null, true, ~, ''], provider-priority: 10}"), {
    '/package/dependencies/runtime': ['1', '1.0', 'true', ''],
    '/package/dependencies/provider-priority': '10',
  }),
  fails('E6', 'package:\n  name: [a]\n  version: {a: b}\n  epoch: x\n  bogus: 1\n', [
    /:2:.*name/,
    /:3:.*version/,
    /:4:.*epoch/,
    /:5:.*bogus/,
  ]),
  ...TRANSFORMS.map(([from, match, replace, result], at) =>
    prints(`E7 transform ${at + 1}`, transform(from, match, replace), { '/package/description': result }),
  ),
  {
    ...script(
      'E8',
      "vars: {x: '1'}\nvar-transforms: [{from: '${{vars.x}}', match: 1, replace: 2, to: x}]\n",
      'echo ${{vars.x}} ${{ vars.x }}',
      'echo 2 2\n',
    ),
  },
  prints(
    'E8 vars stay raw',
    `${P}vars: {x: '1'}\nvar-transforms: [{from: '\${{vars.x}}', match: 1, replace: 2, to: x}]\n`,
    { '/vars': { x: '1' } },
  ),
  fails('E9', `${P}var-transforms: [{from: "\${{build.arch}}", match: a, replace: b, to: c}]\n`, [/build\.arch/]),
  prints(
    'E10',
    `package:
  name: \${{vars.n}}
  version: \${{vars.v}}
  epoch: 2
  description: D \${{package.name}} \${{package.full-version}}
  dependencies: {runtime: ["\${{package.name}}", "\${{ package.name }}", "x=\${{package.full-version}}"]}
vars: {n: nam, v: "1.2"}
data: [{name: r, items: {b: 2, a: 1, "10": x, "9": y}}]
subpackages: [{range: r, name: "\${{package.name}}-\${{range.key}}-\${{range.value}}"}]
`,
    {
      '/package/description': 'D ${{vars.n}} ${{vars.v}}-r2',
      '/package/dependencies/runtime': ['nam', 'nam', 'x=1.2-r2'],
      '/subpackages/0/name': 'nam-10-x',
      '/subpackages/1/name': 'nam-9-y',
      '/subpackages/2/name': 'nam-a-1',
      '/subpackages/3/name': 'nam-b-2',
      '/subpackages/4': undefined,
    },
  ),
  fails(
    'E10 subpackage',
    'package: {name: "${{vars.n}}", version: 1}\nvars: {n: nam}\nsubpackages: [{name: "${{package.name}}-x"}]\n',
    [/vars\.n/],
  ),
  prints(
    'E11',
    `${P}vars: {v: w}\nenvironment: {environment: {A: "a\${{vars.v}}", B: "\${{nope}}", C: "\${{build.arch}}", HOME: ""}}\n`,
    {
      '/environment/environment/A': 'aw',
      '/environment/environment/B': '${{nope}}',
      '/environment/environment/C': '${{build.arch}}',
      '/environment/environment/HOME': '/home/build',
    },
  ),
  prints(
    'E12',
    `${P}vars: {v: w}\nenvironment: {contents: {packages: ["p\${{vars.v}}", "\${{package.full-version}}", "\${{ package.name }}"]}}\n`,
    { '/environment/contents/packages': ['pw', '1-r0', 'a'] },
  ),
  fails('E12 build.arch', `${P}environment: {contents: {packages: ["\${{build.arch}}"]}}\n`, [/build\.arch/]),
  script('E21', 'vars: {a: Y, c: C}\n', 'echo ${{vars.a}} ${{vars.b}} ${{vars.c}}', 'echo FILE 2 C\n', {
    varsFile: '{a: FILE, b: 2}\n',
  }),
  prints(
    'E22',
    `${P}environment: {environment: {A: yaml}}\n`,
    {
      '/environment/environment/A': 'yaml',
      '/environment/environment/B': 'two one',
      '/environment/environment/G': '',
      '/environment/environment/HOME': '/foo',
      '/environment/environment/Z': 'zz',
    },
    { envFiles: ['A=one\nB="two $A"\nHOME=/foo\nG=\n', 'A=second\nZ=zz\nB=\n'] },
  ),
]
