import { RegistryError } from '../error.ts'
import type { Credentials } from './credentials.ts'

/** User name that tells that the secret is an identity token. */
const TOKEN_USER = '<token>'

/** Asks `docker-credential-<helper>` for a server's credentials; undefined when it has none. */
export async function readFromHelper(helper: string, server: string): Promise<Credentials | undefined> {
  const { stdout, exitCode, failed, originalMessage } = await runHelper(helper, 'get', server)
  if (exitCode !== undefined && exitCode !== 0 && /not found/i.test(stdout)) return undefined
  if (failed) throw helperError(helper, server, stdout || originalMessage || 'it failed')
  const { Username: username, Secret: secret } = parseAnswer(helper, server, stdout)
  const source = programOf(helper)
  if (username === TOKEN_USER) return { username: '', password: '', identityToken: secret, source }
  return { username, password: secret, source }
}

/** Hands credentials to `docker-credential-<helper>`. */
export async function storeWithHelper(helper: string, server: string, credentials: Credentials): Promise<void> {
  const { username, password } = credentials
  const input = JSON.stringify({ ServerURL: server, Username: username, Secret: password })
  const { stdout, failed, originalMessage } = await runHelper(helper, 'store', input)
  if (failed) throw helperError(helper, server, stdout || originalMessage || 'it failed')
}

async function runHelper(helper: string, verb: 'get' | 'store', input: string) {
  const { execa } = await import('execa')
  return execa(programOf(helper), [verb], { input, reject: false, timeout: 60_000 })
}

function parseAnswer(helper: string, server: string, text: string): { Username: string; Secret: string } {
  try {
    const { Username = '', Secret = '' } = JSON.parse(text) as { Username?: string; Secret?: string }
    return { Username: String(Username), Secret: String(Secret) }
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error
    // Node's own message would quote the answer, which has a password in it.
    throw helperError(helper, server, 'its answer is not the JSON object that it should be')
  }
}

function helperError(helper: string, server: string, problem: string): RegistryError {
  const message = `the credential helper ${programOf(helper)} gave nothing for ${server}: ${problem.trim()}`
  return new RegistryError('CREDENTIALS_UNREADABLE', message, { hint: 'Try it by hand, or log in again.' })
}

function programOf(helper: string): string {
  return `docker-credential-${helper}`
}
