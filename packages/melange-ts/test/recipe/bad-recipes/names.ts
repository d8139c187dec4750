import { type BadRecipe, inPackage, recipe } from './row.ts'

const BAD_NAMES = ['', '-a', '.a', '_a', 'a b', 'a/b', '../a', 'a@b', 'a=b', 'ä', 'a\\nb', 'a;b', '$(id)', 'a>1', 'a~b']

export const NAMES: readonly BadRecipe[] = [
  ...BAD_NAMES.map(
    (name): BadRecipe => [
      `package "${name}"`,
      `package:\n  version: "1"\n  name: "${name}"\n`,
      'PACKAGE_NAME',
      3,
      'name of letters',
    ],
  ),
  ...BAD_NAMES.slice(0, 8).map(
    (name): BadRecipe => [
      `subpackage "${name}"`,
      recipe(`subpackages:\n  - name: "${name}"\n`),
      'PACKAGE_NAME',
      3,
      'subpackage 1',
    ],
  ),
  ['an unknown variable in a name', recipe('subpackages: [{name: "${{vars.x}}"}]'), 'PACKAGE_NAME', 2, 'vars.x'],
  ['no version', 'package: {name: a}', 'PACKAGE_VERSION', 1, 'version'],
  ['an empty version', 'package: {name: a, version: ""}', 'PACKAGE_VERSION', 1, 'version'],
  ['the package again', recipe('subpackages: [{name: a}]'), 'DUPLICATE_SUBPACKAGE', 2, 'name of the package'],
  ['a subpackage twice', recipe('subpackages:\n- name: s\n- name: s\n'), 'DUPLICATE_SUBPACKAGE', 4, '1 and 2'],
  ...['x', '1.0', '0x1', '9223372036854775808', '-9223372036854775809', '1 '].flatMap((priority): BadRecipe[] => [
    [
      `provider-priority ${priority}`,
      inPackage(`dependencies: {provider-priority: "${priority}"}`),
      'BAD_PRIORITY',
      1,
      'provider',
    ],
    [
      `replaces-priority ${priority}`,
      inPackage(`dependencies: {replaces-priority: "${priority}"}`),
      'BAD_PRIORITY',
      1,
      'replaces',
    ],
  ]),
  ...[
    '{part: h}',
    '{vendor: v}',
    '{product: p}',
    '{edition: "*"}',
    '{other: A}',
    '{sw_edition: "a b"}',
    '{target_hw: "-x"}',
    '{language: "a:b"}',
  ].map((cpe): BadRecipe => [`cpe ${cpe}`, inPackage(`cpe: ${cpe}`), 'BAD_CPE', 1, 'cpe']),
  [
    'a capability that may not be set',
    inPackage('setcap: [{path: /x, add: {cap_chown: ep}, reason: r}]'),
    'BAD_SETCAP',
    1,
    'cap_chown',
  ],
  [
    'a capability within a list',
    inPackage('setcap: [{path: /x, add: {"cap_net_raw,cap_x": ep}, reason: r}]'),
    'BAD_SETCAP',
    1,
    'cap_x',
  ],
  ['setcap without a reason', inPackage('setcap: [{path: /x, add: {cap_net_raw: ep}}]'), 'BAD_SETCAP', 1, 'reason'],
  ['setcap of a subpackage', recipe('subpackages: [{name: s, setcap: [{path: /x}]}]'), 'BAD_SETCAP', 2, 'reason'],
]
