import { base64, goJson, sha256, utf8 } from '@apkts/encoding'
import { describe, expect, test } from 'vitest'
import {
  ConfigError,
  EMPTY_IMAGE_CONFIG,
  ImageConfigError,
  imageConfigJson,
  imageConfigYaml,
  loadImageConfig,
  redactRepository,
  redactUrl,
  validateImageConfig,
} from '../../src/index.ts'

function load(files: Record<string, string>, path = 'image.yaml', includePaths: string[] = []) {
  const readFile = async (name: string) => (files[name] === undefined ? undefined : utf8(files[name]))
  return loadImageConfig(path, { includePaths, readFile })
}

async function loadText(text: string) {
  return (await load({ 'image.yaml': text })).config
}

const base = `contents:
  keyring: [./synthetic.rsa.pub]
  repositories: ["./repo/main/"]
  build_repositories: ["./repo/b//"]
  runtime_repositories: ["./repo/r/"]
  packages: [tiny-data]
entrypoint: {command: /bin/base, type: x}
cmd: basecmd
stop-signal: SIGHUP
work-dir: /base
accounts: {run-as: baseuser, users: [{username: bu, uid: 10}], groups: [{groupname: bg, gid: 10}]}
archs: [x86_64]
environment: {A: base, B: base}
paths: [{path: /base, type: directory}]
vcs-url: https://base@1
annotations: {a: base, b: base}
volumes: [/base]
layering: {strategy: origin, budget: 3}
certificates: {providers: [p]}
`

const top = `include: cfg/base.yaml
contents:
  packages: [conf-a, tiny-data]
  repositories: ["./repo/extra"]
entrypoint: {shell-fragment: "echo hi"}
environment: {B: top, C: top}
annotations: {b: top}
accounts: {users: [{username: tu, uid: 11}]}
paths: [{path: /top, type: directory}]
volumes: [/top]
`

describe('include', () => {
  test('merges the included configuration under the including one', async () => {
    const loaded = await load({ 'cfg/top.yaml': top, 'cfg/base.yaml': base }, 'cfg/top.yaml')
    const { config } = loaded
    expect(config.contents.packages).toEqual(['tiny-data', 'conf-a', 'tiny-data'])
    expect(config.contents.repositories).toEqual(['./repo/main', './repo/extra'])
    expect(config.contents.buildRepositories).toEqual(['./repo/b'])
    expect(config.entrypoint).toEqual({ type: '', command: '', shellFragment: 'echo hi', services: {} })
    expect(config.vcsUrl).toBe('')
    expect(config.archs).toEqual(['amd64'])
    expect(config.environment).toEqual({ A: 'base', B: 'top', C: 'top' })
    expect(loaded.checksum).toBe(`sha256-${base64(sha256(utf8(top + base)))}`)
    expect(loaded.files).toEqual(['cfg/top.yaml', 'cfg/base.yaml'])
  })

  test('knows which file a merged value came from', async () => {
    const { locate } = await load({ 'cfg/top.yaml': top, 'cfg/base.yaml': base }, 'cfg/top.yaml')
    expect(locate(['accounts', 'users', 0])).toMatchObject({ file: 'cfg/base.yaml', line: 11 })
    expect(locate(['accounts', 'users', 1])).toMatchObject({ file: 'cfg/top.yaml', line: 8 })
    expect(locate(['cmd'])).toMatchObject({ file: 'cfg/base.yaml', line: 8 })
  })

  test('looks included files up below the include paths, never beside the including file', async () => {
    const files = { 'cfg/top.yaml': 'include: b.yaml\n', 'cfg/b.yaml': 'cmd: wrong\n', 'lib/b.yaml': 'cmd: right\n' }
    expect((await load(files, 'cfg/top.yaml', ['none', 'lib/'])).config.cmd).toBe('right')
    await expect(load(files, 'cfg/top.yaml')).rejects.toMatchObject({ code: 'CONFIG_NOT_FOUND' })
  })

  test('names the chain of a cycle', async () => {
    const files = { 'a.yaml': 'include: b.yaml\n', 'b.yaml': 'include: a.yaml\n' }
    await expect(load(files, 'a.yaml')).rejects.toThrow('a.yaml includes b.yaml includes a.yaml')
  })

  test.each(['https://example.com/x.yaml', 'missing.yaml'])('treats %s as a local path', async (path) => {
    await expect(load({}, path)).rejects.toThrow(ImageConfigError)
  })
})

describe('a configuration file', () => {
  test('converts scalars as the original decoder does', async () => {
    const config = await loadText(
      'paths: [{path: /a, type: x, recursive: yes, permissions: 0b111, uid: 1_000, gid: null}]\n' +
        'environment: {A: 1, B: true, C: 1.50, D: ~, E: 0o17}\n' +
        'archs: [x86_64, aarch64, amd64, armv7, arm/v7, armhf, x86, zz]\n',
    )
    expect(config.paths[0]).toMatchObject({ permissions: 7, uid: 1000, recursive: true })
    expect(config.paths[0]?.gid).toBeUndefined()
    expect(config.environment).toEqual({ A: '1', B: 'true', C: '1.50', D: '', E: '0o17' })
    expect(config.archs).toEqual(['amd64', 'arm64', 'amd64', 'arm/v7', 'arm/v7', 'arm/v6', '386', 'zz'])
  })

  test('that is null is empty', async () => {
    expect(await loadText('~\n')).toMatchObject(EMPTY_IMAGE_CONFIG)
  })

  test.each(['', '# only a comment\n', 'foo: bar\n', 'Cmd: x\n', 'cmd: [a]\n', 'cmd: a\ncmd: b\n', 'archs: all\n'])(
    'is refused: %j',
    async (text) => {
      await expect(loadText(text)).rejects.toThrow(ConfigError)
    },
  )

  test.each([
    'entrypoint: {command: x}',
    'cmd: x',
    'accounts: {run-as: a}',
    'paths: [{path: /a}]',
    'environment: {A: b}',
  ])('with a base image must not have %s', async (field) => {
    const text = `contents: {baseimage: {image: a, apkindex: b}}\n${field}\n`
    await expect(loadText(text)).rejects.toMatchObject({ code: 'BASE_IMAGE_FIELDS', at: { line: 2 } })
  })
})

describe('validation', () => {
  test('fills in home directories and the service manager', async () => {
    const config = validateImageConfig(
      await loadText(
        'entrypoint: {type: service-bundle, command: x}\ncontents: {packages: [s6]}\naccounts: {users: [{username: a, uid: 1}]}\n',
      ),
    )
    expect(config.entrypoint.command).toBe('/bin/s6-svscan /sv')
    expect(config.contents.packages).toEqual(['s6', 's6'])
    expect(config.accounts.users[0]?.homeDir).toBe('/home/a')
  })

  test.each([
    ['accounts: {users: [{username: a, uid: 0}]}', /a.*UID 0/],
    ['accounts: {users: [{uid: 5}]}', /name/],
    ['accounts: {groups: [{gid: 5}]}', /group/],
    ['certificates: {additional: [{name: ../x, content: y}]}', /\.\.\/x/],
    ['certificates: {additional: [{content: y}]}', /name/],
    ['contents: {runtime_keyring: [{name: a, content: x}, {name: a, content: y}]}', /duplicate.* a/],
    ['contents: {runtime_keyring: [{name: .hid, content: x}]}', /\.hid/],
    ['contents: {runtime_keyring: [{name: a}]}', /a has no content/],
  ])('refuses %s', async (text, message) => {
    const { config, locate } = await load({ 'image.yaml': `${text}\n` })
    expect(() => validateImageConfig(config, locate)).toThrow(message)
  })
})

describe('serialised forms', () => {
  test('JSON leaves empty values out and keeps explicit zero ids', async () => {
    const config = await loadText(
      'accounts: {users: [{username: a, uid: 1, gid: 0}]}\nlayering: {}\npaths: [{path: /<, uid: 0}]\n',
    )
    expect(goJson(imageConfigJson(config))).toBe(
      '{"contents":{},"entrypoint":{},"accounts":{"users":[{"username":"a","uid":1,"gid":0}]},"paths":[{"path":"/\\u003c","uid":0}],"layering":{}}',
    )
  })

  test('YAML writes what show-config prints', async () => {
    const config = await loadText('archs: [x86]\nentrypoint: {command: sh}\ncontents: {packages: [a]}\n')
    expect(imageConfigYaml(config)).toBe(`contents:
    packages:
        - a
entrypoint:
    type: ""
    command: sh
    shell-fragment: ""
    services: {}
archs:
    - "386"
`)
  })

  test.each([
    ['./repo/main', './repo/main'],
    ['https://user:secret@host/x', 'https://user:xxxxx@host/x'],
    ['https://user@host/x', 'https://user@host/x'],
    ['a key', 'a%20key'],
    ['https://host:8080/a?b=c', 'https://host:8080/a?b=c'],
    ['ä', '%C3%A4'],
  ])('shows %s as %s', (text, shown) => {
    expect(redactUrl(text)).toBe(shown)
  })

  test.each([
    ['@local /packages', '@local /packages'],
    ['@edge https://user:secret@host/a b', '@edge https://user:xxxxx@host/a%20b'],
    ['./a b', './a%20b'],
  ])('shows the repository %s as %s', (line, shown) => {
    expect(redactRepository(line)).toBe(shown)
  })

  test.each(['a%zz', ':x', '12:3'])('refuses to show %s', (text) => {
    expect(() => redactUrl(text)).toThrow(ImageConfigError)
  })
})
