import { type Example, fails, P, prints } from './example.ts'

const inPackage = (text: string): string => `package: {name: a, version: "1", ${text}}\n`
const pipeline = (steps: string): string => `${P}pipeline: [${steps}]\n`

/** What validation refuses and what it lets pass. */
export const VALIDATION: readonly Example[] = [
  fails('E23 name', 'package: {name: a b, version: 1}\n', [/a b/]),
  fails('E23 subpackage like the package', `${P}subpackages: [{name: a}]\n`, [/"a"/]),
  fails('E23 two of one name', `${P}subpackages: [{name: b}, {name: c}, {name: b}]\n`, [/1 and 3/]),
  fails('E23 unknown range', `${P}subpackages: [{name: b, range: r}]\n`, [/"r"/]),
  prints('E23 empty range', `${P}data: [{name: r, items: {}}]\nsubpackages: [{name: b, range: r}]\n`, {
    '/subpackages': undefined,
  }),
  ...['x', '" 1"', '1.5', '99999999999999999999'].map((text) =>
    fails(`E23 priority ${text}`, inPackage(`dependencies: {provider-priority: ${text}}`), [/priority/]),
  ),
  prints('E23 priority +1', inPackage('dependencies: {provider-priority: +1}'), {
    '/package/dependencies/provider-priority': '+1',
  }),
  ...[
    ['vendor: v', /product/],
    ['vendor: A, product: p', /vendor/],
    ['part: h', /part/],
    ['vendor: "*", product: p', /vendor/],
    ['vendor: v, product: p, target_sw: "x:y"', /targetSw|target_sw/],
  ].map(([text, words]) => fails(`E23 cpe ${text}`, inPackage(`cpe: {${text}}`), [words as RegExp])),
  fails('E23 setcap unknown', inPackage('setcap: [{path: /x, add: {cap_chown: ep}, reason: r}]'), [/cap_chown/]),
  fails('E23 setcap reason', inPackage('setcap: [{path: /x, add: {cap_net_raw: ep}}]'), [/reason/]),
  prints('E23 setcap', inPackage('setcap: [{path: /x, reason: r}]'), { '/package/setcap/0/path': '/x' }),
  prints('E23 schedule', `${P}update: {schedule: {period: yearly}}\n`, { '/update/schedule/period': 'yearly' }),
  fails('E24 with without uses', pipeline('{with: {a: b}, pipeline: [{runs: x}]}'), [/with/]),
  fails('E24 uses with runs', pipeline('{uses: strip, runs: x}'), [/strip/]),
  prints('E24 inputs', pipeline('{inputs: {q: {default: 5}}, runs: "echo ${{inputs.q}}"}'), {
    '/pipeline/0/runs': 'echo 5\n',
  }),
  prints('E24 uses with a pipeline', pipeline('{uses: strip, pipeline: [{runs: x}]}'), {
    '/pipeline/0/pipeline': [{ runs: 'x\n' }],
    '/environment/contents/packages': undefined,
  }),
  prints('E24 in a test', `${P}test: {pipeline: [{with: {x: y}, runs: "echo \${{inputs.x}}"}]}\n`, {
    '/test/pipeline/0': { with: { x: 'y' }, runs: 'echo y\n' },
  }),
  prints(
    'E25 environment',
    pipeline('{environment: {foo: FOO, bar: BAR}, pipeline: [{environment: {foo: BAR, baz: BAZ}, runs: x}]}'),
    { '/pipeline/0/pipeline/0/environment': { bar: 'BAR', baz: 'BAZ', foo: 'BAR' } },
  ),
  prints(
    'E25 working directory',
    pipeline(
      '{working-directory: /home/build/bar, pipeline: [{working-directory: /home/build/baz, pipeline: [{runs: x}, {runs: y}]}]}',
    ),
    {
      '/pipeline/0/pipeline/0/pipeline/0/working-directory': '/home/build/baz',
      '/pipeline/0/pipeline/0/pipeline/1/working-directory': '/home/build/baz',
    },
  ),
  ...(['[amd64]', '[all, aarch64]'] as const).map((archs) =>
    fails(`E32 ${archs}`, inPackage(`target-architecture: ${archs}`), [/skip this arch/]),
  ),
  ...(['[all]', '[x86_64]'] as const).map((archs) =>
    prints(`E32 ${archs}`, inPackage(`target-architecture: ${archs}`), { '/package/name': 'a' }),
  ),
  prints('E33', `${P}vars: {x: "a; b"}\npipeline: [{runs: "\${{vars.x}}"}]\n`, { '/pipeline/0/runs': 'a\nb\n' }),
]
