import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { decodeYaml, imageConfigSchema, imageConfigType, validateImageConfig } from '../../src/index.ts'

const DATA = process.env.CONFORMANCE_DATA ?? join(import.meta.dirname, '../../../../../shared/data')
const GOLDEN = join(DATA, 'golden-images')
const hasData = existsSync(GOLDEN)

const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(JSON.parse(imageConfigSchema()))

/** What an editor sees: the first document as YAML 1.2 with merge keys. */
function acceptsAsEditor(text: string): boolean {
  const [first] = parseAllDocuments(text, { merge: true })
  return first !== undefined && 'toJS' in first && validate(first.toJS())
}

function accepts(text: string): boolean {
  try {
    validateImageConfig(decodeYaml({ file: 'image.yaml', text }, imageConfigType).value)
    return true
  } catch {
    return false
  }
}

const accepted = [
  ['nothing', 'null'],
  ['every section empty', 'contents: {}\nentrypoint: {}\naccounts: {}\ncertificates: {}\nlayering: {}'],
  ['every section null', 'contents:\nentrypoint:\naccounts:\npaths:\nvolumes:\nlayering:\ncertificates:'],
  ['numbers and booleans as text', 'environment: {A: 1, B: true, C: 1.50, D: ~}\naccounts: {run-as: 65532}'],
  ['every spelling of a mode', 'paths: [{path: /a, type: directory, permissions: 0o755}]'],
  ['an octal mode', 'paths: [{path: /a, type: directory, permissions: 0755}]'],
  ['a binary mode', 'paths: [{path: /a, type: directory, permissions: 0b111}]'],
  ['a hexadecimal mode', 'paths: [{path: /a, type: directory, permissions: 0x1ed}]'],
  ['separators in a number', 'accounts: {users: [{username: a, uid: 65_532}]}'],
  ['a fraction', 'accounts: {users: [{username: a, uid: 5.7}]}'],
  ['an owner of null', 'paths: [{path: /a, type: permissions, uid: null, gid: 0}]'],
  ['yes', 'paths: [{path: /a, type: permissions, recursive: yes}]'],
  ['Off', 'paths: [{path: /a, type: permissions, recursive: "Off"}]'],
  ['any architecture', 'archs: [x86_64, arm/v7, whatever]'],
  ['a group of root', 'accounts: {groups: [{groupname: g}]}'],
  ['a list with holes', 'volumes: [/a, null]'],
  ['any entrypoint type', 'entrypoint: {type: something, services: {web: "/bin/web --port 80"}}'],
  ['an anchor and a merge', 'environment: &e {A: a}\nannotations: {<<: *e, b: c}'],
  ['layers', 'layering: {strategy: origin, budget: 0}'],
  ['a key', 'contents: {runtime_keyring: [{name: a.rsa.pub, content: x}]}'],
  ['a base image', 'contents: {baseimage: {image: ./base, apkindex: ./index}}'],
] as const

const refused = [
  ['an unknown key', 'os-release: {}'],
  ['a key in other case', 'Cmd: x'],
  ['an extension', 'x-anything: 1'],
  ['an unknown key in contents', 'contents: {package: [a]}'],
  ['an unknown key in a user', 'accounts: {users: [{username: a, uid: 1, home: /a}]}'],
  ['an unknown key in a path', 'paths: [{path: /a, type: directory, mode: 0o755}]'],
  ['text for a list', 'contents: {packages: busybox}'],
  ['a mapping for a list', 'contents: {packages: {a: b}}'],
  ['a list for a mapping', 'environment: [A=b]'],
  ['text for a mapping', 'entrypoint: /bin/sh'],
  ['a list for text', 'cmd: [a, b]'],
  ['a mapping for text', 'work-dir: {a: b}'],
  ['a list inside a list of text', 'volumes: [[/a]]'],
  ['a quoted number', "paths: [{path: /a, type: directory, permissions: '0644'}]"],
  ['a word for a number', 'accounts: {users: [{username: a, uid: one}]}'],
  ['a negative number', 'accounts: {groups: [{groupname: a, gid: -1}]}'],
  ['a number beyond 32 bits', 'accounts: {groups: [{groupname: a, gid: 4294967296}]}'],
  ['a truth for a number', 'accounts: {groups: [{groupname: a, gid: true}]}'],
  ['quoted true', "paths: [{path: /a, type: directory, recursive: 'true'}]"],
  ['a number for a truth', 'paths: [{path: /a, type: directory, recursive: 1}]'],
  ['text for a budget', 'layering: {strategy: origin, budget: many}'],
  ['a user without a name', 'accounts: {users: [{uid: 1}]}'],
  ['a user with an empty name', 'accounts: {users: [{username: "", uid: 1}]}'],
  ['a user without a uid', 'accounts: {users: [{username: a}]}'],
  ['root as a user', 'accounts: {users: [{username: a, uid: 0}]}'],
  ['a group without a name', 'accounts: {groups: [{gid: 1}]}'],
  ['a certificate without a name', 'certificates: {additional: [{content: x}]}'],
  ['a certificate that is a path', 'certificates: {additional: [{name: ../a, content: x}]}'],
  ['a hidden certificate', 'certificates: {additional: [{name: .a, content: x}]}'],
  ['a key that is a path', 'contents: {runtime_keyring: [{name: a/b, content: x}]}'],
] as const

describe('the schema and the loader', () => {
  test.each(accepted)('both accept %s', (_, text) => {
    expect({ loader: accepts(text), editor: acceptsAsEditor(text) }).toEqual({ loader: true, editor: true })
  })

  test.each(refused)('both refuse %s', (_, text) => {
    expect({ loader: accepts(text), editor: acceptsAsEditor(text) }).toEqual({ loader: false, editor: false })
  })

  test('what only a build refuses is known to the schema, too', () => {
    expect(acceptsAsEditor('paths: [{path: /a, type: dir}]')).toBe(false)
    expect(acceptsAsEditor('layering: {strategy: size}')).toBe(false)
    expect(acceptsAsEditor('layering: {strategy: origin, budget: -1}')).toBe(false)
  })
})

test('every key has a description', () => {
  const { $defs } = JSON.parse(imageConfigSchema()) as { $defs: Record<string, { properties: Record<string, object> }> }
  const bare = Object.entries($defs).flatMap(([name, { properties }]) =>
    Object.entries(properties).flatMap(([key, schema]) => ('description' in schema ? [] : [`${name}: ${key}`])),
  )
  expect(bare).toEqual([])
})

const skipped = hasData ? '' : ' (skipped: conformance data not present)'

describe.skipIf(!hasData)(`recorded configurations${skipped}`, () => {
  test('all that were built satisfy the schema', () => {
    const files = goldenConfigs()
    expect(files.length).toBeGreaterThan(40)
    expect(files.filter((file) => !acceptsAsEditor(readFileSync(file, 'utf8')))).toEqual([])
  })

  test('of those that failed, the schema refuses what the loader refuses, but for mistakes of YAML itself', () => {
    const errors = JSON.parse(readFileSync(join(GOLDEN, 'errors.json'), 'utf8')) as {
      readonly name: string
      readonly files: Readonly<Record<string, string>>
    }[]
    const texts = errors.flatMap(({ name, files }) =>
      Object.entries(files).map(([file, text]) => ({ name, file, text })),
    )
    const missed = texts
      .filter(({ file, text }) => /\.yaml$/.test(file) && !accepts(text) && acceptsAsEditor(text))
      .map(({ name }) => name)
    expect(missed).toEqual(BEYOND_THE_SCHEMA)
  })
})

/** Errors of YAML that its reader reports, and rules between several members. */
const BEYOND_THE_SCHEMA = ['duplicate-key', 'runtime-key-duplicate']

function goldenConfigs(): string[] {
  return readdirSync(GOLDEN, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => readdirSync(join(GOLDEN, entry.name)).map((name) => join(GOLDEN, entry.name, name)))
    .filter((path) => path.endsWith('.yaml'))
}
