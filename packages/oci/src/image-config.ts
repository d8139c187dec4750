import {
  compareBytes,
  type Digest,
  formatRfc3339,
  formatRfc3339Nano,
  type Instant,
  type JsonValue,
  sortedUnique,
} from '@apkts/encoding'
import { storedDocument } from './document.ts'
import { MEDIA_TYPE, type Platform, type StoredDocument } from './types.ts'

const AUTHOR = 'github.com/chainguard-dev/apko'
const CREATED = 'org.opencontainers.image.created'
const TITLE = 'org.opencontainers.image.title'
const VENDOR = 'org.opencontainers.image.vendor'

const DEFAULT_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/bin:/usr/sbin:/sbin:/bin',
  SSL_CERT_FILE: '/etc/ssl/certs/ca-certificates.crt',
}

/** What the configuration of an image says. */
export interface ImageConfigInput {
  readonly platform: Platform
  readonly created: Instant
  /** Of the new layers, bottom first. */
  readonly diffIds: readonly Digest[]
  readonly cmd: readonly string[]
  readonly entrypoint: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** Configured ones, file and flags; `…image.created` is added here. */
  readonly annotations: Readonly<Record<string, string>>
  readonly user: string
  readonly volumes: readonly string[]
  readonly workingDir: string
  readonly stopSignal: string
  /** Config document of the image this one stands on. */
  readonly base?: BaseConfig | undefined
}

/** A parsed image config (OCI image-spec, config.md) that new layers are put on. */
export interface BaseConfig {
  readonly [key: string]: JsonValue | undefined
  readonly history?: readonly JsonValue[]
  readonly rootfs?: { readonly type?: string; readonly diff_ids?: readonly string[] }
  readonly config?: { readonly [key: string]: JsonValue | undefined }
}

const CONFIG_KEYS = [
  'architecture',
  'author',
  'container',
  'created',
  'docker_version',
  'history',
  'os',
  'rootfs',
  'config',
  'os.version',
  'variant',
  'os.features',
] as const

const RUNTIME_KEYS = [
  'AttachStderr',
  'AttachStdin',
  'AttachStdout',
  'Cmd',
  'Healthcheck',
  'Domainname',
  'Entrypoint',
  'Env',
  'Hostname',
  'Image',
  'Labels',
  'OnBuild',
  'OpenStdin',
  'StdinOnce',
  'Tty',
  'User',
  'Volumes',
  'WorkingDir',
  'ExposedPorts',
  'ArgsEscaped',
  'NetworkDisabled',
  'MacAddress',
  'StopSignal',
  'Shell',
] as const

/**
 * The image config document (OCI image-spec, config.md) with apko's keys in apko's order. On a base config, what is not
 * configured anew stays.
 */
export function buildImageConfig(input: ImageConfigInput): StoredDocument {
  const { base, platform } = input
  const fields = overlay(base, {
    architecture: platform.architecture,
    author: AUTHOR,
    created: formatRfc3339Nano(input.created),
    history: [...(base?.history ?? []), ...historyOf(input)],
    os: platform.os,
    rootfs: { type: 'layers', diff_ids: [...(base?.rootfs?.diff_ids ?? []), ...input.diffIds] },
    config: inOrder(RUNTIME_KEYS, overlay(base?.config, runtimeConfig(input))),
    variant: platform.variant,
  })
  return storedDocument(MEDIA_TYPE.config, inOrder(CONFIG_KEYS, fields))
}

/** Annotations of manifest and index, and labels of the config: the configured ones and the time of creation. */
export function withCreated(annotations: Readonly<Record<string, string>>, created: Instant): Record<string, string> {
  return { ...annotations, [CREATED]: formatRfc3339(created) }
}

function historyOf({ diffIds, annotations, created }: ImageConfigInput): JsonValue[] {
  const title = annotations[TITLE]
  const vendor = annotations[VENDOR]
  const single = diffIds.length === 1 ? 'This is an apko single-layer image' : undefined
  const comment = title !== undefined && vendor !== undefined ? `${title} by ${vendor}` : single
  return diffIds.map(() => ({ author: 'apko', created: formatRfc3339Nano(created), created_by: 'apko', comment }))
}

type Fields = { readonly [key: string]: JsonValue | undefined }

function runtimeConfig(input: ImageConfigInput): Fields {
  const environment = { ...DEFAULT_ENVIRONMENT, ...input.environment }
  const volumes = new Map<string, JsonValue>(sortedUnique(input.volumes).map((path) => [path, {}]))
  return {
    Cmd: list(input.cmd),
    Entrypoint: list(input.entrypoint),
    Env: Object.entries(environment)
      .map(([name, value]) => `${name}=${value}`)
      .sort(compareBytes),
    Labels: new Map(Object.entries(withCreated(input.annotations, input.created))),
    User: input.user || undefined,
    Volumes: volumes.size === 0 ? undefined : volumes,
    WorkingDir: input.workingDir || undefined,
    StopSignal: input.stopSignal || undefined,
  }
}

function list(values: readonly string[]): readonly string[] | undefined {
  return values.length === 0 ? undefined : values
}

function overlay(base: Fields | undefined, fields: Fields): Fields {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  return { ...base, ...Object.fromEntries(given) }
}

function inOrder(keys: readonly string[], fields: Fields): Fields {
  return Object.fromEntries(keys.map((key) => [key, fields[key]]))
}
