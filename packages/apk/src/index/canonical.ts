/** Longer records may have a line beyond the limit of readers; what becomes of them is for the parser to say. */
export const MAX_CANONICAL_LENGTH = 1_048_575

const VALUE = String.raw`[^\n\r]+\n`
const optional = (letter: string, value = VALUE) => `(?:${letter}:${value})?`
const POSITIVE = String.raw`[1-9][0-9]{0,14}\n`
const WHOLE = String.raw`(?:0|-?[1-9][0-9]{0,14})\n`

/**
 * A record just as `formatIndex` writes it, its empty line included, so that parsing and formatting it would change
 * nothing; captures name and version. A few records of that kind with numbers of more digits do not match.
 */
export const CANONICAL_RECORD = new RegExp(
  [
    String.raw`C:Q1(?:[A-Za-z0-9+/]{26}[AEIMQUYcgkosw048]=)?\n`,
    String.raw`P:([^\n\r]+)\n`,
    String.raw`V:([^\n\r]*)\n`,
    optional('A'),
    optional('S', POSITIVE),
    optional('I', POSITIVE),
    String.raw`T:[^\n\r]*\n`,
    ...['U', 'L', 'o', 'm'].map((letter) => optional(letter)),
    optional('t', WHOLE),
    ...['c', 'D', 'i', 'p'].map((letter) => optional(letter)),
    optional('k', POSITIVE),
    String.raw`\n`,
  ].join(''),
  'y',
)
