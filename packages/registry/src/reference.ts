import { RegistryError } from './error.ts'

/** Where an image is known by a tag or digest, every part spelled out. */
export interface Reference {
  /** Host and port, such as `index.docker.io` or `localhost:5000`. */
  readonly registry: string
  readonly repository: string
  /** Exactly one of tag and digest is set. */
  readonly tag?: string
  readonly digest?: string
}

const DOCKER_REGISTRY = 'index.docker.io'
const REPOSITORY = /^[a-z0-9_\-./]{2,255}$/
const TAG = /^[A-Za-z0-9_.-]{1,128}$/
const DIGEST = /^sha256:[0-9a-f]{64}$/
const REGISTRY = /^[A-Za-z0-9.\-_]+(:\d+)?$|^\[[0-9A-Fa-f:.]+\](:\d+)?$/

/**
 * Parses an image reference. The first component is a registry when it looks like a host (`.`, `:` or `localhost`),
 * else the registry is Docker Hub's, where single names live under `library/`. Without a tag it is `latest`.
 * @throws RegistryError `REFERENCE_INVALID` naming the text
 */
export function parseReference(text: string): Reference {
  const at = text.indexOf('@')
  const { name, tag } = at === -1 ? splitTag(text) : { name: splitTag(text.slice(0, at)).name, tag: undefined }
  const { registry, written, repository } = splitRegistry(name)
  if (!REGISTRY.test(registry)) throw invalid(text, `"${registry}" is not a registry host`)
  if (!REPOSITORY.test(written)) {
    throw invalid(text, `the repository "${written}" must have 2 to 255 characters of a-z 0-9 _ - . /`)
  }
  if (at !== -1) return withDigest(text, { registry, repository }, text.slice(at + 1))
  if (!TAG.test(tag ?? '')) throw invalid(text, `the tag "${tag}" must have 1 to 128 characters of A-Z a-z 0-9 _ . -`)
  return { registry, repository, tag: tag! }
}

/** The reference as text, every part spelled out: `index.docker.io/library/alpine:latest`. */
export function formatReference({ registry, repository, tag, digest }: Reference): string {
  const name = `${registry}/${repository}`
  return digest === undefined ? `${name}:${tag}` : `${name}@${digest}`
}

/** The reference of one architecture's image: the tag followed by `-<architecture>`. @throws RegistryError */
export function withTagSuffix(reference: Reference, suffix: string): Reference {
  const { digest, ...named } = reference
  if (digest !== undefined)
    throw invalid(formatReference(reference), 'a digest cannot name the images of several architectures')
  const tag = `${reference.tag}-${suffix}`
  if (!TAG.test(tag)) throw invalid(formatReference(reference), `the tag "${tag}" must have at most 128 characters`)
  return { ...named, tag }
}

function splitTag(text: string): { name: string; tag: string } {
  const colon = text.lastIndexOf(':')
  if (colon === -1 || text.includes('/', colon)) return { name: text, tag: 'latest' }
  return { name: text.slice(0, colon), tag: text.slice(colon + 1) }
}

function splitRegistry(name: string): { registry: string; written: string; repository: string } {
  const slash = name.indexOf('/')
  const first = slash === -1 ? '' : name.slice(0, slash)
  const isHost = first.includes('.') || first.includes(':') || first === 'localhost'
  const host = isHost ? first : DOCKER_REGISTRY
  const registry = host === 'docker.io' ? DOCKER_REGISTRY : host
  const written = isHost ? name.slice(slash + 1) : name
  const needsLibrary = registry === DOCKER_REGISTRY && !written.includes('/')
  return { registry, written, repository: needsLibrary ? `library/${written}` : written }
}

function withDigest(text: string, place: { registry: string; repository: string }, digest: string): Reference {
  if (!DIGEST.test(digest)) throw invalid(text, `"${digest}" is not a sha256 digest`)
  return { ...place, digest }
}

function invalid(text: string, problem: string): RegistryError {
  return new RegistryError('REFERENCE_INVALID', `cannot parse image reference "${text}": ${problem}`, {
    hint: 'Expected [registry/]repository[:tag], such as example.com/team/app:v1.',
  })
}
