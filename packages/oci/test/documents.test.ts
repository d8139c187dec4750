import { instant, parseRfc3339, utf8Decode } from '@apkts/encoding'
import { describe, expect, test } from 'vitest'
import {
  buildImageConfig,
  buildIndex,
  buildManifest,
  type Image,
  type ImageConfigInput,
  MEDIA_TYPE,
} from '../src/index.ts'

const digest = (character: string) => `sha256:${character.repeat(64)}` as const
const minimal: ImageConfigInput = {
  platform: { os: 'linux', architecture: 'amd64' },
  created: instant(1_700_000_000),
  diffIds: [digest('a')],
  cmd: [],
  entrypoint: [],
  environment: {},
  annotations: {},
  user: '',
  volumes: [],
  workingDir: '',
  stopSignal: '',
}

describe('the image config', () => {
  test('of a minimal image has exactly these bytes', () => {
    const { bytes, mediaType } = buildImageConfig(minimal)
    expect(mediaType).toBe(MEDIA_TYPE.config)
    expect(utf8Decode(bytes)).toBe(
      `{"architecture":"amd64","author":"github.com/chainguard-dev/apko","created":"2023-11-14T22:13:20Z",` +
        `"history":[{"author":"apko","created":"2023-11-14T22:13:20Z","created_by":"apko","comment":"This is an apko single-layer image"}],` +
        `"os":"linux","rootfs":{"type":"layers","diff_ids":["${digest('a')}"]},` +
        `"config":{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/bin:/usr/sbin:/sbin:/bin","SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"],` +
        `"Labels":{"org.opencontainers.image.created":"2023-11-14T22:13:20Z"}}}`,
    )
  })

  const parsed = (input: Partial<ImageConfigInput>) =>
    JSON.parse(utf8Decode(buildImageConfig({ ...minimal, ...input }).bytes))

  test('sorts variables as whole strings and keeps configured ones', () => {
    const { Env } = parsed({ environment: { FOO: 'bar', FOO1: 'y', FOO_BAR: 'x', PATH: '/custom', Empty: '' } }).config
    expect(Env).toEqual([
      'Empty=',
      'FOO1=y',
      'FOO=bar',
      'FOO_BAR=x',
      'PATH=/custom',
      'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt',
    ])
  })

  test('writes every field in the order of the original', () => {
    const { config } = parsed({
      cmd: ['c'],
      entrypoint: ['e'],
      user: '1',
      volumes: ['/b', '/a', '/b'],
      workingDir: '/w',
      stopSignal: 'S',
    })
    expect(Object.keys(config)).toEqual([
      'Cmd',
      'Entrypoint',
      'Env',
      'Labels',
      'User',
      'Volumes',
      'WorkingDir',
      'StopSignal',
    ])
    expect(Object.entries(config.Volumes)).toEqual([
      ['/a', {}],
      ['/b', {}],
    ])
  })

  test.each([
    ['one layer', {}, ['This is an apko single-layer image']],
    ['several layers', { diffIds: [digest('a'), digest('b')] }, [undefined, undefined]],
    [
      'title and vendor',
      {
        annotations: { 'org.opencontainers.image.title': 'T', 'org.opencontainers.image.vendor': 'V' },
        diffIds: [digest('a'), digest('b')],
      },
      ['T by V', 'T by V'],
    ],
    [
      'a title alone',
      { annotations: { 'org.opencontainers.image.title': 'T' } },
      ['This is an apko single-layer image'],
    ],
  ])('says in its history, for %s', (_, input, comments) => {
    expect(parsed(input).history.map((entry: { comment?: string }) => entry.comment)).toEqual(comments)
  })

  test('keeps fraction and offset of the time, but not in the label', () => {
    const { created, config } = parsed({ created: parseRfc3339('2031-02-03T04:05:06.5+02:00')! })
    expect([created, config.Labels['org.opencontainers.image.created']]).toEqual([
      '2031-02-03T04:05:06.5+02:00',
      '2031-02-03T04:05:06+02:00',
    ])
  })

  test('on a base appends layers and history, replaces variables and labels, keeps the rest', () => {
    const base = {
      architecture: 'amd64',
      docker_version: '1',
      history: [{ author: 'base' }],
      rootfs: { type: 'layers', diff_ids: [digest('0')] },
      config: {
        Env: ['OLD=1'],
        Labels: { old: '1' },
        Cmd: ['old'],
        Entrypoint: ['kept'],
        ExposedPorts: { '80/tcp': {} },
      },
    }
    const config = parsed({ base, cmd: ['new'] })
    expect(config.rootfs.diff_ids).toEqual([digest('0'), digest('a')])
    expect(config.history.map(({ author }: { author: string }) => author)).toEqual(['base', 'apko'])
    expect(config.config).toMatchObject({ Cmd: ['new'], Entrypoint: ['kept'], ExposedPorts: { '80/tcp': {} } })
    expect(config.config.Env).not.toContain('OLD=1')
    expect(config.config.Labels).not.toHaveProperty('old')
    expect(config.docker_version).toBe('1')
  })
})

const descriptor = (mediaType: string, character: string) => ({ mediaType, size: 7, digest: digest(character) })

test('the manifest lists config and layers, with the time of creation last to win', () => {
  const manifest = buildManifest({
    config: descriptor(MEDIA_TYPE.config, 'c'),
    layers: [descriptor(MEDIA_TYPE.layer, 'l')],
    annotations: { b: '<x>', 'org.opencontainers.image.created': 'never' },
    created: instant(0),
  })
  expect(utf8Decode(manifest.bytes)).toBe(
    `{"schemaVersion":2,"mediaType":"${MEDIA_TYPE.manifest}","config":{"mediaType":"${MEDIA_TYPE.config}","size":7,"digest":"${digest('c')}"},` +
      `"layers":[{"mediaType":"${MEDIA_TYPE.layer}","size":7,"digest":"${digest('l')}"}],` +
      `"annotations":{"b":"\\u003cx\\u003e","org.opencontainers.image.created":"1970-01-01T00:00:00Z"}}`,
  )
})

describe('the index', () => {
  const image = (architecture: string, variant?: string): Image => {
    const document = { ...descriptor(MEDIA_TYPE.manifest, 'd'), bytes: new Uint8Array() }
    return { platform: { os: 'linux', architecture, variant }, manifest: document, config: document, layers: [] }
  }
  const index = (images: Image[], vcsUrl = '') => buildIndex({ images, annotations: {}, vcsUrl, created: instant(0) })

  test('orders images by their OCI name', () => {
    const images = [
      image('s390x'),
      image('arm64'),
      image('arm', 'v7'),
      image('386'),
      image('arm', 'v6'),
      image('amd64'),
    ]
    const { document, images: sorted } = index(images)
    const platforms = JSON.parse(utf8Decode(document.bytes)).manifests.map((entry: { platform: object }) =>
      Object.values(entry.platform).join(),
    )
    expect(platforms).toEqual([
      '386,linux',
      'amd64,linux',
      'arm,linux,v6',
      'arm,linux,v7',
      'arm64,linux',
      's390x,linux',
    ])
    expect(sorted.map(({ platform }) => platform.architecture)).toEqual([
      '386',
      'amd64',
      'arm',
      'arm',
      'arm64',
      's390x',
    ])
  })

  test.each([
    [
      'https://x/r.git@abc',
      ['org.opencontainers.image.source', 'https://x/r.git'],
      ['org.opencontainers.image.revision', 'abc'],
    ],
    ['git@host:r@abc', ['org.opencontainers.image.source', 'git'], ['org.opencontainers.image.revision', 'host:r@abc']],
    ['https://x/r.git'],
  ])('takes source and revision from %s', (vcsUrl: string, ...expected: string[][]) => {
    const { annotations } = JSON.parse(utf8Decode(index([image('amd64')], vcsUrl).document.bytes))
    expect(annotations).toEqual({
      ...(Object.fromEntries(expected) as object),
      'org.opencontainers.image.created': '1970-01-01T00:00:00Z',
    })
  })
})
