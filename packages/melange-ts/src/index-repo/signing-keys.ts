import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { KeyringError, type PrivateKey, readPrivateKeyFile } from '@apkts/keyring'

/** Environment variable with the passphrase of encrypted private keys. */
export const PASSPHRASE_VARIABLE = 'MELANGE_KEY_PASSPHRASE'

/**
 * Private keys of the files. An encrypted one is opened with the passphrase from the environment, or one asked for at the
 * terminal without echo.
 * @throws KeyringError
 */
export async function readSigningKeys(
  files: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<PrivateKey[]> {
  const keys: PrivateKey[] = []
  for (const file of files) keys.push(await readSigningKey(file, env))
  return keys
}

/** The same for one file. */
export async function readSigningKey(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<PrivateKey> {
  const passphrase = env[PASSPHRASE_VARIABLE]
  try {
    return await readPrivateKeyFile(file, { passphrase })
  } catch (error) {
    const ask = error instanceof KeyringError && error.code === 'KEY_PASSPHRASE' && passphrase === undefined
    if (!ask) throw error
    if (!process.stdin.isTTY) throw withHint(error, file)
    return readPrivateKeyFile(file, { passphrase: await prompt(`passphrase of ${file}: `) })
  }
}

function withHint(error: KeyringError, file: string): KeyringError {
  return new KeyringError(error.code, error.message, {
    at: { file },
    hint: `Set ${PASSPHRASE_VARIABLE}, or run this at a terminal.`,
  })
}

async function prompt(question: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true })
  process.stderr.write(question)
  try {
    return await terminal.question('')
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}
