import type { Log } from '@apkts/diagnostics'
import { type Instant, instant, parseRfc3339 } from '@apkts/encoding'
import { BuildError } from './error.ts'

/**
 * Time of everything a build makes: SOURCE_DATE_EPOCH, else the flag, else 1970.
 * @throws BuildError `BUILD_DATE` for a malformed one.
 */
export function buildDate(options: {
  readonly epoch: string | undefined
  readonly flag: string
  readonly log: Log
}): Instant {
  const { epoch, flag, log } = options
  if (epoch !== undefined && epoch !== '') {
    if (/^[-+]?\d{1,15}$/.test(epoch)) return instant(Number(epoch))
    throw new BuildError(
      'BUILD_DATE',
      `expected seconds since 1970 in SOURCE_DATE_EPOCH, found ${JSON.stringify(epoch)}`,
    )
  }
  if (epoch === '') log.warn('SOURCE_DATE_EPOCH is empty: ignored')
  if (flag === '') return instant(0)
  const parsed = parseRfc3339(flag)
  if (parsed !== undefined) return parsed
  throw new BuildError('BUILD_DATE', `expected an RFC 3339 time in --build-date, found ${JSON.stringify(flag)}`, {
    hint: 'for example 2026-01-31T12:00:00Z',
  })
}
