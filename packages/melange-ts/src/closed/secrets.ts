import { readFile } from 'node:fs/promises'
import { DiagnosticError, isSystemError } from '@apkts/diagnostics'
import { SECRETS_DIRECTORY, type Secret } from '@apkts/sandbox'
import type { CompiledStep } from '../compile/types.ts'

/** Shorter ones would be found everywhere when outputs are searched for them. */
const MIN_LENGTH = 8
const MAX_LENGTH = 2 ** 20
const ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/

export type SecretErrorCode = 'SECRET_FLAG' | 'SECRET_FILE' | 'SECRET_LEAK'

export class SecretError extends DiagnosticError<SecretErrorCode> {
  override readonly name = 'SecretError'
}

/** Reads the secrets of `id=ID,src=FILE`, cut at commas, in any order. @throws SecretError */
export async function readSecrets(fields: readonly string[]): Promise<Secret[]> {
  const groups: Map<string, string>[] = []
  for (const field of fields) {
    const at = field.indexOf('=')
    const [key, value] = [field.slice(0, Math.max(at, 0)), field.slice(at + 1)]
    if (key !== 'id' && key !== 'src') throw flagError(field)
    const last = groups.at(-1)
    if (last === undefined || last.has(key)) groups.push(new Map([[key, value]]))
    else last.set(key, value)
  }
  return Promise.all(groups.map(readSecret))
}

async function readSecret(group: ReadonlyMap<string, string>): Promise<Secret> {
  const [id = '', file = ''] = [group.get('id'), group.get('src')]
  if (!ID.test(id) || file === '') throw flagError([...group].map((pair) => pair.join('=')).join(','))
  const bytes = await readFile(file).catch((error: unknown) => {
    if (!isSystemError(error)) throw error
    throw new SecretError('SECRET_FILE', `cannot read the secret ${id} from ${file}: ${error.code}`)
  })
  const { length } = trimmed(bytes)
  if (length >= MIN_LENGTH && length <= MAX_LENGTH) return { id, bytes }
  throw new SecretError('SECRET_FILE', `expected ${MIN_LENGTH} to ${MAX_LENGTH} bytes in ${file}, found ${length}`, {
    hint: 'packages are searched for secrets, and shorter ones would be found by chance',
  })
}

function flagError(found: string): SecretError {
  return new SecretError('SECRET_FLAG', `expected id=ID,src=FILE in --secret, found ${JSON.stringify(found)}`, {
    hint: `an id is letters, digits, ".", "_" and "-"; steps find the secret as ${SECRETS_DIRECTORY}/ID`,
  })
}

/** Those of the secrets whose file a step names in its script or environment. */
export function namedSecrets(
  step: Pick<CompiledStep, 'runs' | 'environment'>,
  secrets: readonly Secret[],
): readonly Secret[] {
  const texts = [step.runs, ...Object.values(step.environment)]
  return secrets.filter(({ id }) => {
    const file = `${SECRETS_DIRECTORY}/${id}`.replaceAll('.', '\\.')
    const named = new RegExp(`${file}(?![A-Za-z0-9_.-])`)
    return texts.some((text) => named.test(text))
  })
}

/** Replaces secrets, and each of their longer lines, in a line of output. */
export function secretHider(secrets: readonly Secret[]): (text: string) => string {
  const words = secrets.flatMap(({ id, bytes }) =>
    Buffer.from(bytes)
      .toString()
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line.length >= MIN_LENGTH)
      .map((line) => ({ line, mark: `[secret ${id}]` })),
  )
  return (text) => words.reduce((shown, { line, mark }) => shown.replaceAll(line, mark), text)
}

/** Bytes without the line break that editors add. */
export function trimmed(bytes: Uint8Array): Uint8Array {
  let end = bytes.length
  while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end -= 1
  return bytes.subarray(0, end)
}
