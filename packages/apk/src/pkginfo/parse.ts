import { parseGoDuration } from '@apkts/encoding'
import { ApkError } from '../error.ts'
import type { PackageFacts } from '../package-facts.ts'
import { parseInt64, parseUint64, trim } from './go-text.ts'
import { type IniValues, parseIni } from './ini.ts'

/** What a package says about itself in the `.PKGINFO` of its control section. */
export interface PkgInfo extends PackageFacts {
  /** As apko reads it: one element holds all paths, separated by blanks. */
  readonly triggers: readonly string[]
  /** Installed size in bytes. */
  readonly size: number
  /** Seconds since 1970; 0 when absent. */
  readonly buildDate: number
  readonly replacesPriority: bigint
  /** SHA-256 of the compressed data section in hex, or whatever stands there. */
  readonly dataHash: string
}

/**
 * Reads `.PKGINFO` the way apko and melange do: through an INI reader, first value of a text, all values of a list,
 * lists split at commas, numbers that make no sense are 0.
 * @throws ApkError `PKGINFO_SYNTAX` for a malformed line, `PKGINFO_VALUE` for a duration where a size belongs.
 */
export function parsePkgInfo(text: string, file = '.PKGINFO'): PkgInfo {
  const values = parseIni(text, file)
  const one = (key: string) => interpolate(values.get(key)?.[0] ?? '', values, key, file)
  const many = (key: string) => listOf(key, values, file)
  return {
    name: one('pkgname'),
    version: one('pkgver'),
    arch: one('arch'),
    description: one('pkgdesc'),
    license: one('license'),
    origin: one('origin'),
    maintainer: one('maintainer'),
    url: one('url'),
    commit: one('commit'),
    dependencies: many('depend'),
    provides: many('provides'),
    installIf: many('install_if'),
    replaces: many('replaces'),
    triggers: many('triggers'),
    size: Number(unsigned('size', one('size'), file)),
    buildDate: Number(plainNumber(one('builddate')) ?? parseInt64(one('builddate')) ?? 0n),
    providerPriority: unsigned('provider_priority', one('provider_priority'), file),
    replacesPriority: parseUint64(one('replaces_priority')) ?? 0n,
    dataHash: one('datahash'),
  }
}

function listOf(key: string, values: IniValues, file: string): string[] {
  const given = (values.get(key) ?? []).filter((value) => value !== '')
  return given.flatMap((value) => value.split(',').map((piece) => interpolate(trim(piece), values, key, file)))
}

// The original stops with a crash on a duration; everything else unparsable counts as 0.
function unsigned(key: string, text: string, file: string): bigint {
  const plain = plainNumber(text)
  if (plain !== undefined) return plain
  const duration = parseGoDuration(text)
  if (duration !== undefined && duration !== 0n) {
    throw new ApkError(
      'PKGINFO_VALUE',
      `${file}: ${key} must be a number of bytes or a rank, found the duration ${text}`,
      {
        at: { file },
      },
    )
  }
  return parseUint64(text) ?? 0n
}

/** Of what nearly every package says, nothing or a few digits; undefined for all else, which may still be a number. */
function plainNumber(text: string): bigint | undefined {
  return text === '' || /^[1-9][0-9]{0,14}$/.test(text) ? BigInt(text) : undefined
}

const REFERENCE = /%\(([^)]+)\)s/
const ROUNDS = 99
const VALUE_LIMIT = 1 << 20

/**
 * Replaces `%(key)s` by the first value of that key, again and again, until a key is unknown.
 * @throws ApkError `PKGINFO_VALUE` for values that refer to themselves, which makes the original overflow its stack.
 */
function interpolate(text: string, values: IniValues, key: string, file: string): string {
  let result = text
  for (let round = 0; round < ROUNDS && result.length < VALUE_LIMIT; round++) {
    const match = result.includes('%') ? REFERENCE.exec(result) : null
    const value = match === null ? undefined : values.get(match[1]!)?.[0]
    if (match === null || value === undefined) return result
    result = result.replaceAll(match[0], () => value)
  }
  throw new ApkError('PKGINFO_VALUE', `${file}: the value of ${key} refers to itself or to too many others`, {
    at: { file },
  })
}
