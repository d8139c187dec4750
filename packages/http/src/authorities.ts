import { readFile } from 'node:fs/promises'
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import { isSystemError } from '@apkts/diagnostics'
import { HttpError } from './error.ts'
import type { HttpEnvironment } from './types.ts'

/** Where systems keep the authorities they trust, as Go's crypto/x509 looks for them; the first that exists counts. */
const SYSTEM_FILES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/**
 * Trusted authorities: those Node brings, those of `SSL_CERT_FILE` or else of the system, and those of
 * `NODE_EXTRA_CA_CERTS`. Go programs know the system's and `SSL_CERT_FILE`, so who comes from apko has set these.
 * @throws HttpError `AUTHORITIES_UNREADABLE` naming the variable and the file
 */
export async function trustedAuthorities(env: HttpEnvironment): Promise<SecureContext> {
  const named = await Promise.all([readNamed(env, 'SSL_CERT_FILE'), readNamed(env, 'NODE_EXTRA_CA_CERTS')])
  const further = named[0] === undefined ? [...named, await readSystem()] : named
  return createSecureContext({ ca: [...rootCertificates, ...further.filter((text) => text !== undefined)] })
}

async function readNamed(env: HttpEnvironment, variable: string): Promise<string | undefined> {
  const file = env[variable]
  if (file === undefined || file === '') return undefined
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new HttpError('AUTHORITIES_UNREADABLE', `cannot read ${variable}: ${error.message}`, {
      at: { file },
      hint: `Let ${variable} name a file of certificates in PEM form, or unset it.`,
    })
  }
}

async function readSystem(): Promise<string | undefined> {
  for (const file of SYSTEM_FILES) {
    try {
      return await readFile(file, 'utf8')
    } catch (error) {
      if (!isSystemError(error)) throw error
    }
  }
  return undefined
}
