import { compareInstants, type Instant, instant, parseRfc3339 } from '@apkts/encoding'
import { ApkoError } from '../error.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The dates that a build records. */
export interface BuildDates {
  /** Date of files made by the build itself. */
  readonly context: Instant
  /** `--build-date`, or 1970: a lower bound of the index date. */
  readonly build: Instant
  /** True when `SOURCE_DATE_EPOCH` is set, even to nothing: then no package makes an image newer. */
  readonly pinned: boolean
}

const EPOCH = instant(0)

/**
 * Dates that are known before any package is. `SOURCE_DATE_EPOCH` wins over the build date; set but blank it means
 * nothing for the context date, yet still pins image dates. Throws `ApkoError` `BUILD_DATE` or `SOURCE_DATE_EPOCH`.
 */
export function buildDates(buildDate: string, env: Environment): BuildDates {
  const build = parseBuildDate(buildDate)
  const epoch = env.SOURCE_DATE_EPOCH
  return { context: parseEpoch(epoch) ?? build, build, pinned: epoch !== undefined }
}

/** Creation date of one image: the context date, or the newest package's build time when nothing pins it. */
export function imageDate(dates: BuildDates, buildTimes: readonly number[]): Instant {
  if (dates.pinned) return dates.context
  return latest(dates.context, buildTimes.map(instant))
}

/** Creation date of the index: the latest of the build date and the images' dates. */
export function indexDate(dates: BuildDates, imageDates: readonly Instant[]): Instant {
  return latest(dates.build, imageDates)
}

function latest(start: Instant, others: readonly Instant[]): Instant {
  return others.reduce((newest, other) => (compareInstants(other, newest) > 0 ? other : newest), start)
}

function parseBuildDate(text: string): Instant {
  if (text === '') return EPOCH
  const date = parseRfc3339(text)
  if (date !== undefined) return date
  throw new ApkoError('BUILD_DATE', `--build-date wants an RFC 3339 time, found ${JSON.stringify(text)}`, {
    hint: 'for example 2031-02-03T04:05:06Z',
  })
}

function parseEpoch(text: string | undefined): Instant | undefined {
  if (text === undefined || text.trim() === '') return undefined
  const seconds = /^[+-]?\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (Math.abs(seconds) <= MAX_SECONDS) return instant(seconds)
  const found = JSON.stringify(text)
  throw new ApkoError(
    'SOURCE_DATE_EPOCH',
    `SOURCE_DATE_EPOCH wants seconds since 1970 as a whole number, found ${found}`,
  )
}

/** Most seconds from 1970 that a JavaScript date, and so our RFC 3339 text, can express. */
const MAX_SECONDS = 8.64e12
