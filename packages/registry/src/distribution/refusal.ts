import { RegistryError } from '../error.ts'
import type { Answer } from './requests.ts'

export interface RefusedPlace {
  readonly registry: string
  readonly repository: string
}

/** The error for a registry that refuses a request: what it says about why, and what to do about it. */
export function refusal({ registry, repository }: RefusedPlace, what: string, answer: Answer): RegistryError {
  const { status } = answer
  const codes = errorsOf(answer.text).map(({ code = '' }) => code)
  const denied = status === 401 || status === 403 || codes.includes('DENIED') || codes.includes('UNAUTHORIZED')
  const message = `${registry}/${repository} refuses ${what}: status ${status}${reasonsOf(answer.text)}`
  return new RegistryError(denied ? 'DENIED' : 'UPLOAD_FAILED', message, {
    hint: denied
      ? `log in with an account that may push: apko-ts login ${registry}`
      : hintFor(answer, codes, repository),
  })
}

function hintFor({ status }: Answer, codes: readonly string[], repository: string): string | undefined {
  if (status === 404 || codes.includes('NAME_UNKNOWN'))
    return `check the name, or create the repository ${repository} first`
  if (status === 413) return 'the registry, or a proxy before it, limits uploads: pass a smaller --chunk-size'
  if (status === 429) return 'the registry limits how much may be asked of it: try again later'
  return status >= 500 ? 'the registry has a problem of its own: try again later' : undefined
}

/** True when a registry says that what arrived is not what was announced. */
export function isDigestMismatch({ status, text }: Answer): boolean {
  return status === 400 && errorsOf(text).some(({ code }) => code === 'DIGEST_INVALID')
}

interface ReportedError {
  readonly code?: string
  readonly message?: string
}

function reasonsOf(text: string): string {
  const reasons = errorsOf(text).map(({ code, message }) => [code, message].filter(Boolean).join(' '))
  return reasons.length === 0 ? '' : ` (${printable(reasons.join('; '))})`
}

const LONGEST_REASON = 500

/** What somebody else wrote, fit for a message: nothing that moves a terminal's cursor, and not too much of it. */
export function printable(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').trim()
  return plain.length > LONGEST_REASON ? `${plain.slice(0, LONGEST_REASON)} …` : plain
}

/** The errors of the document that the distribution-spec describes; none when the answer is no such document. */
function errorsOf(text: string): ReportedError[] {
  try {
    const { errors } = JSON.parse(text) as { errors?: unknown }
    return Array.isArray(errors) ? errors.filter((error) => typeof error === 'object' && error !== null) : []
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return []
    throw error
  }
}
