import { codeOf, isCertificateFailure } from '@apkts/http'
import { RegistryError } from '../error.ts'
import { type Answer, type RequestOptions, sendRequest } from './requests.ts'

export interface FoundRegistry {
  /** Scheme, host and port. */
  readonly base: URL
  /** What it answered: 200, or 401 with a challenge. */
  readonly answer: Answer
}

/**
 * Finds out how a registry is spoken to (OCI distribution-spec, end-1): HTTPS, and for local ones plain HTTP if there is no
 * HTTPS. @throws RegistryError `REGISTRY_UNREACHABLE`
 */
export async function pingRegistry(registry: string, options: RequestOptions): Promise<FoundRegistry> {
  const schemes = isLocal(registry) ? ['https', 'http'] : ['https']
  let failure: unknown
  for (const scheme of schemes) {
    const base = new URL(`${scheme}://${registry}/`)
    // While the scheme is being found out a failure is an answer, not a reason to wait.
    const isGuess = schemes.length > 1 && scheme === 'https'
    try {
      const answer = await ping(new URL('v2/', base), isGuess ? { ...options, attempts: 1 } : options)
      if (answer.status === 200 || answer.status === 401 || answer.status === 403) return { base, answer }
      failure = new Error(`status ${answer.status}`)
    } catch (error) {
      if (codeOf(error) === undefined || options.signal?.aborted === true) throw error
      failure = error
      if (isCertificateFailure(error)) break
    }
  }
  throw unreachable(registry, failure)
}

function ping(url: URL, options: RequestOptions): Promise<Answer> {
  return sendRequest({ method: 'GET', url, headers: {} }, options)
}

function unreachable(registry: string, cause: unknown): RegistryError {
  const why = cause instanceof Error && cause.message !== '' ? cause.message : (codeOf(cause) ?? String(cause))
  if (isCertificateFailure(cause)) {
    return new RegistryError('REGISTRY_UNREACHABLE', `the certificate of ${registry} is not trusted: ${why}`, {
      cause,
      hint: 'If its authority is a private one, let SSL_CERT_FILE name the authority’s certificate.',
    })
  }
  return new RegistryError('REGISTRY_UNREACHABLE', `${registry} does not answer as a registry: ${why}`, {
    cause,
    hint: 'Check the name and port, and that it serves /v2/ over HTTPS (over HTTP only on this machine or in private networks).',
  })
}

/** True for registries on this machine or in a private network, which may speak plain HTTP. */
export function isLocal(registry: string): boolean {
  const host = registry.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
  if (host === 'localhost' || host === '::1' || host === '127.0.0.1' || /\.local(host)?$/.test(host)) return true
  return /^(10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+|172\.(1[6-9]|2\d|3[01])\.\d+\.\d+)$/.test(host)
}
