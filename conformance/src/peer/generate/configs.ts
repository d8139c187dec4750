import type { PeerCase } from '../case.ts'
import { CASE_KEY } from '../make/inputs.ts'
import type { Random } from '../random.ts'

const SCALARS = [
  'plain',
  '1',
  '1.50',
  '0o17',
  '0644',
  'true',
  'no',
  '~',
  'null',
  '""',
  "'q'",
  '"e\\u00e9\\n"',
  'a b',
  '!!str 5',
  '-',
  '.inf',
  '2020-01-01',
  '1e3',
  '0x1f',
  '|\n    block\n    text\n',
  '>-\n    folded\n    text\n\n    more\n',
  '"a: b"',
  'x:y',
  "'#'",
  "'it''s'",
  '"\\t"',
  'é',
  '日本',
  '"\\x07"',
  '&anchor text',
  '=',
  '1_000',
  '+1',
  '0b11',
  '{}',
  '"  lead"',
  "'trail '",
  '"\\u2028"',
  '12:30:45',
  'y',
  'On',
  '0.',
  '-.5',
  '"yes"',
  "'null'",
  '!custom v',
  'a#b',
  'a #b',
]
/** What is an error mostly. */
const BROKEN = ['*anchor', '[', '@x', '`', '%', '? k', '<<', '\t', '"', "'"]
const NUMBERS = [
  '0',
  '1000',
  '0644',
  '0o644',
  '0x1a4',
  '0b110',
  '1_000',
  '5.7',
  '1e3',
  '0644.0',
  '-1',
  '4294967295',
  '4294967296',
  "'5'",
  'null',
  '""',
  'x',
  '+5',
  '.5',
  '08',
]
const BOOLS = ['true', 'false', 'yes', 'No', 'ON', 'y', 'n', "'yes'", "'true'", '1', 'null', '~', 'maybe']

/** Configurations in every spelling that YAML has, shown again. */
export function configCase(random: Random, seed: number): PeerCase {
  const text = configText(random)
  const files = random.chance(0.25)
    ? { 'top.yaml': `include: image.yaml\n${configText(random, 'top')}`, 'image.yaml': text }
    : { 'image.yaml': text }
  return {
    kind: 'configs',
    seed,
    files,
    commands: [['show-config', '--offline', 'top.yaml' in files ? 'top.yaml' : 'image.yaml']],
    env: {},
    repositories: [],
  }
}

function configText(random: Random, only?: string): string {
  const sections = [
    () => contents(random),
    () =>
      `entrypoint:\n${indent(random.some([`type: ${scalar(random)}`, `command: ${scalar(random)}`, `shell-fragment: ${scalar(random)}`, `services:\n  a: ${scalar(random)}\n  ${key(random)}: x`], 1, 3))}`,
    () => `cmd: ${scalar(random)}\n`,
    () => `stop-signal: ${scalar(random)}\n`,
    () => `work-dir: ${scalar(random)}\n`,
    () => `vcs-url: ${scalar(random)}\n`,
    () =>
      `accounts:\n${indent(random.some([`run-as: ${scalar(random)}`, `users:\n${list(random, () => `username: ${scalar(random)}\nuid: ${number(random)}${random.chance(0.5) ? `\ngid: ${number(random)}` : ''}${random.chance(0.3) ? `\nshell: ${scalar(random)}` : ''}${random.chance(0.3) ? `\nhomedir: ${scalar(random)}` : ''}`)}`, `groups:\n${list(random, () => `groupname: ${scalar(random)}\ngid: ${number(random)}\nmembers: [${random.some(['a', '1', 'true', '"x y"'], 0, 3).join(', ')}]`)}`], 1, 3))}`,
    () =>
      `archs: [${random.some(['x86_64', 'amd64', 'aarch64', 'armv7', '386', 's390x', 'zz', '1'], 0, 4).join(', ')}]\n`,
    () => `environment:\n  A: ${scalar(random)}\n  ${key(random)}: ${scalar(random)}\n`,
    () => `annotations: {a: b, "${random.pick(['c', 'd e', 'é'])}": ${random.pick(['1', 'x', '"y"'])}}\n`,
    () =>
      `paths:\n${list(random, () => `path: ${scalar(random)}\ntype: ${random.pick(['directory', 'symlink', scalar(random)])}\nuid: ${number(random)}\npermissions: ${number(random)}\nrecursive: ${random.pick(random.chance(0.1) ? BOOLS : BOOLS.slice(0, 7))}\nsource: ${scalar(random)}`)}`,
    () => `volumes:\n${list(random, () => scalar(random))}`,
    () =>
      `layering: ${random.pick(['{}', '{strategy: origin, budget: 3}', '{budget: -1}', 'null', '{budget: 1.5}'])}\n`,
    () =>
      `certificates: ${random.pick(['{}', '{providers: [a, b]}', '{additional: [{name: a, content: "x\\ny"}]}'])}\n`,
  ]
  const chosen = random.some(sections, 1, random.chance(0.5) ? 3 : sections.length)
  const base = only === undefined && !chosen.includes(sections[0]!) ? [sections[0]!] : []
  const extra = random.chance(0.05)
    ? [
        () =>
          random.pick([
            'unknown: 1\n',
            'cmd: twice\ncmd: twice\n',
            '---\nsecond: document\n',
            '# comment\n',
            '\tx: 1\n',
          ]),
      ]
    : []
  return [...base, ...chosen, ...extra].map((section) => section()).join('')
}

function contents(random: Random): string {
  const repository = () =>
    random.pick([
      './r',
      './r//',
      'https://u:p@h/os/',
      '@tag https://x/y',
      '"/abs path"',
      './é',
      'https://h/a%20b?q=1&r',
      '"@t ./r"',
    ])
  return `contents:\n${indent([
    `keyring: [./${CASE_KEY}.pub]`,
    `${random.pick(['repositories', 'build_repositories'])}: [${random
      .list(1, 3, repository)
      .map((text) => (text.startsWith('"') ? text : `"${text}"`))
      .join(', ')}]`,
    ...random.some(
      [
        `runtime_repositories: ["${repository().replaceAll('"', '')}"]`,
        `packages:\n${list(random, () => scalar(random))}`,
        'packages: null',
        `runtime_keyring:\n  - name: ${random.pick(['k', 'k.rsa.pub', '"0"'])}\n    content: ${random.pick(['x', '"a\\nb"', '|\n      text\n'])}`,
      ],
      0,
      2,
    ),
  ])}`
}

function list(random: Random, make: () => string): string {
  return random.list(1, 3, () => `  - ${make().trimEnd().replaceAll('\n', '\n    ')}\n`).join('')
}

function indent(parts: readonly string[]): string {
  return parts.map((part) => `  ${part.trimEnd().replaceAll('\n', '\n  ')}\n`).join('')
}

function scalar(random: Random): string {
  return random.chance(0.5)
    ? random.pick(['plain', '/usr/bin/x', 'a b', '"q"', 'é'])
    : random.pick(random.chance(0.1) ? [...SCALARS, ...BROKEN] : SCALARS)
}

function number(random: Random): string {
  return random.chance(0.93) ? random.pick(NUMBERS.slice(0, 10)) : random.pick(NUMBERS)
}

function key(random: Random): string {
  return random.pick(['k', '"quoted key"', '1', 'true', '~', 'é', 'A-B', '"a: b"', "''"])
}
