import { openTemporaryDirectory } from '@apkts/cache'
import type { Log } from '@apkts/diagnostics'
import { type Compression, type ImageIndex, parseCompression } from '@apkts/oci'
import { openBases } from './build/base.ts'
import { type BuiltImages, buildImages } from './build/build-images.ts'
import { planWanted } from './build/plan-wanted.ts'
import { VERSION } from './cli/about.ts'
import { archsOf, loadConfig } from './commands/inputs.ts'
import { type Additions, NO_ADDITIONS } from './environment/additions.ts'
import type { ResolverName } from './environment/resolver.ts'
import { openSession, type Session, type SessionOptions } from './environment/session.ts'
import { buildDates } from './image/dates.ts'
import { type ImageTarget, openTarget, writeImages } from './output/target.ts'

/** What `buildImage` is told; only `config` and `output` have no default. */
export interface BuildImageOptions extends Omit<SessionOptions, 'log' | 'env'> {
  /** Path of a configuration file. */
  readonly config: string
  /** Where the image goes: an existing directory for an OCI layout, else the path of a tar that docker loads. */
  readonly output: string
  /** Default: the configuration's file name, `:latest`. */
  readonly tag?: string
  /** apk or OCI names, or `host`; default: those of the configuration, else all. */
  readonly archs?: readonly string[]
  /** What is added to the lists of the configuration. */
  readonly additions?: Partial<Additions>
  /** Path of a lock file to install exactly. */
  readonly lockfile?: string
  readonly resolver?: ResolverName
  /** As `--strict`. */
  readonly strict?: boolean
  /** As `--bare`. */
  readonly bare?: boolean
  /** As `--compression`; default `gzip`. */
  readonly compression?: string
  /** RFC 3339; `SOURCE_DATE_EPOCH` in `env` wins. */
  readonly buildDate?: string
  /** Existing directory for SPDX documents; none are written when absent. */
  readonly sbomPath?: string
  readonly log?: Log
  /** Where `SOURCE_DATE_EPOCH`, the user's cache, proxies and credentials come from; default: nowhere. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** A written image: an index over one image an architecture, each known by the digest of its configuration. */
export interface BuiltImage {
  readonly path: string
  readonly tag: string
  readonly index: ImageIndex
}

/**
 * Builds an image from a configuration file, as `apko-ts build` does: resolves and verifies its packages and writes a
 * docker archive or OCI layout, whole or not at all.
 * @throws DiagnosticError with a stable code, a place where there is one, and a hint
 */
export async function buildImage(options: BuildImageOptions): Promise<BuiltImage> {
  const { env = {}, compression = 'gzip', buildDate = '' } = options
  const target = await openTarget({ ...options, sboms: options.sbomPath })
  const how = { dates: buildDates(buildDate, env), compression: parseCompression(compression) }
  const session = openSession({ ...options, env })
  const directory = await openTemporaryDirectory('apko-')
  try {
    const built = await build(options, { ...how, session, directory: directory.path, draft: target.draft })
    await writeImages(built, target, { version: VERSION, session })
    return { path: target.path, tag: target.tag, index: built.index }
  } finally {
    await target.draft?.discard()
    await directory.close()
    await session.close()
  }
}

interface Surroundings {
  readonly session: Session
  readonly dates: ReturnType<typeof buildDates>
  readonly compression: Compression
  /** For layers. */
  readonly directory: string
  /** Of the archive, if it goes into one. */
  readonly draft: ImageTarget['draft']
}

async function build(options: BuildImageOptions, surroundings: Surroundings): Promise<BuiltImages> {
  const { config: path, additions, resolver, strict, bare, lockfile } = options
  const { session } = surroundings
  const { config, locate, checksum } = await loadConfig(path, session.log)
  const archs = archsOf(options.archs ?? [], config)
  const request = { config, locate, archs, added: { ...NO_ADDITIONS, ...additions }, resolver, strict, bare, session }
  const plans = await planWanted(request, { path, checksum, lockfile })
  const { baseImage } = config.contents
  const bases = baseImage === undefined ? {} : { bases: await openBases(baseImage, archs, session) }
  return buildImages({ ...surroundings, plans, annotations: config.annotations, vcsUrl: config.vcsUrl, ...bases })
}
