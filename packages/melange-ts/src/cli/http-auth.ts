import { UsageError } from '@apkts/diagnostics/cli'

/** `HTTP_AUTH` must be `basic:REALM:USER:PASSWORD` when it is set; the password may contain colons. Throws `UsageError`. */
export function checkHttpAuth(env: Readonly<Record<string, string | undefined>>): void {
  const value = env.HTTP_AUTH
  if (value === undefined || value === '') return
  const parts = value.split(':')
  if (parts.length >= 4 && parts[0] === 'basic') return
  const found = parts.length >= 4 ? `the scheme "${parts[0]}"` : `${parts.length} parts`
  throw new UsageError('FLAG_VALUE', `HTTP_AUTH: expected basic:REALM:USER:PASSWORD, found ${found}`)
}
