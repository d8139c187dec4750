import { messageOf } from '@apkts/diagnostics'
import { ApkoError } from '../error.ts'
import type { LockedConfig, LockedKey, LockedPackage, LockedRepository, LockedSegment, LockFile } from './format.ts'

/** Parses a lock file. Absent members are empty. Throws `ApkoError` `LOCK_UNREADABLE` naming the file and the member. */
export function parseLockFile(text: string, file: string): LockFile {
  const reader = createReader(file)
  const root = reader.object(parseJson(text, file), 'the document')
  const contents = reader.object(root.contents, 'contents')
  const repositories = (name: string) =>
    reader.list(contents[name], `contents.${name}`).map((item) => readRepository(reader, item, `contents.${name}`))
  return {
    version: reader.text(root.version, 'version'),
    config: readConfig(reader, root.config),
    keyring: reader.list(contents.keyring, 'contents.keyring').map((item) => readKey(reader, item)),
    buildRepositories: repositories('build_repositories'),
    runtimeRepositories: repositories('runtime_repositories'),
    repositories: repositories('repositories'),
    packages: reader
      .list(contents.packages, 'contents.packages')
      .map((item, index) => readPackage(reader, item, index)),
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ApkoError('LOCK_UNREADABLE', `lock file ${file} is not JSON: ${messageOf(cause)}`, {
      at: { file },
      cause,
    })
  }
}

function readConfig(reader: Reader, value: unknown): LockedConfig | undefined {
  if (value === undefined || value === null) return undefined
  const config = reader.object(value, 'config')
  return { name: reader.text(config.name, 'config.name'), checksum: reader.text(config.checksum, 'config.checksum') }
}

function readKey(reader: Reader, value: unknown): LockedKey {
  const key = reader.object(value, 'contents.keyring')
  return {
    name: reader.text(key.name, 'name of a key'),
    url: reader.text(key.url, 'url of a key'),
    content: reader.text(key.content, 'content of a key'),
  }
}

function readRepository(reader: Reader, value: unknown, place: string): LockedRepository {
  const repository = reader.object(value, place)
  return {
    name: reader.text(repository.name, `name in ${place}`),
    url: reader.text(repository.url, `url in ${place}`),
    architecture: reader.text(repository.architecture, `architecture in ${place}`),
  }
}

function readPackage(reader: Reader, value: unknown, index: number): LockedPackage {
  const place = `contents.packages[${index}]`
  const locked = reader.object(value, place)
  return {
    name: reader.text(locked.name, `${place}.name`),
    url: reader.text(locked.url, `${place}.url`),
    version: reader.text(locked.version, `${place}.version`),
    architecture: reader.text(locked.architecture, `${place}.architecture`),
    signature: readSegment(reader, locked.signature, `${place}.signature`),
    control: readSegment(reader, locked.control, `${place}.control`),
    data: readSegment(reader, locked.data, `${place}.data`),
    checksum: reader.text(locked.checksum, `${place}.checksum`),
  }
}

function readSegment(reader: Reader, value: unknown, place: string): LockedSegment {
  const segment = reader.object(value, place)
  return {
    range: reader.text(segment.range, `${place}.range`),
    checksum: reader.text(segment.checksum, `${place}.checksum`),
  }
}

interface Reader {
  object(value: unknown, place: string): Readonly<Record<string, unknown>>
  list(value: unknown, place: string): readonly unknown[]
  text(value: unknown, place: string): string
}

function createReader(file: string): Reader {
  const wrong = (place: string, wanted: string): ApkoError =>
    new ApkoError('LOCK_UNREADABLE', `lock file ${file}: expected ${wanted} as ${place}`, { at: { file } })
  return {
    object(value, place) {
      if (value === undefined || value === null) return {}
      if (typeof value !== 'object' || Array.isArray(value)) throw wrong(place, 'an object')
      return value as Readonly<Record<string, unknown>>
    },
    list(value, place) {
      if (value === undefined || value === null) return []
      if (!Array.isArray(value)) throw wrong(place, 'a list')
      return value
    },
    text(value, place) {
      if (value === undefined || value === null) return ''
      if (typeof value !== 'string') throw wrong(place, 'a text')
      return value
    },
  }
}
