import { compareBytes, concatBytes, utf8, utf8Decode } from '@apkts/encoding'
import { ArchiveError } from './error.ts'

export type PaxRecords = ReadonlyMap<string, Uint8Array>

/** Body of a pax extended header: `<length> <key>=<value>\n` per record, sorted by key (POSIX pax). */
export function formatPaxRecords(records: PaxRecords): Uint8Array {
  const keys = [...records.keys()].sort(compareBytes)
  return concatBytes(keys.map((key) => formatRecord(key, records.get(key)!)))
}

function formatRecord(key: string, value: Uint8Array): Uint8Array {
  if (key === '' || key.includes('=') || key.includes('\0')) {
    throw new ArchiveError(
      'TAR_NOT_REPRESENTABLE',
      `pax record key ${JSON.stringify(key)} is empty or contains = or NUL`,
    )
  }
  const name = utf8(key)
  const fixed = name.length + value.length + 3 // space, '=', newline
  let size = fixed + String(fixed).length
  size = fixed + String(size).length
  return concatBytes([utf8(`${size} `), name, utf8('='), value, utf8('\n')])
}

/** Records of an extended header body; a repeated key keeps its last value. */
export function parsePaxRecords(body: Uint8Array): Map<string, Uint8Array> {
  const records = new Map<string, Uint8Array>()
  let offset = 0
  while (offset < body.length) {
    const { key, value, end } = parseRecord(body, offset)
    records.set(key, value)
    offset = end
  }
  return records
}

function parseRecord(body: Uint8Array, start: number): { key: string; value: Uint8Array; end: number } {
  const space = body.indexOf(0x20, start)
  const length = space < 0 ? '' : utf8Decode(body.subarray(start, Math.min(space, start + 20)))
  const end = start + Number(length)
  if (!/^\d{1,10}$/.test(length) || end <= space + 1 || end > body.length || body[end - 1] !== 0x0a) {
    throw invalid('a record length does not fit')
  }
  const equals = body.indexOf(0x3d, space + 1)
  if (equals <= space + 1 || equals >= end - 1) throw invalid('a record has no key')
  const key = utf8Decode(body.subarray(space + 1, equals))
  const value = body.subarray(equals + 1, end - 1)
  if (key.includes('\0') || (TEXT_KEYS.has(key) && value.includes(0))) throw invalid(`record ${key} contains NUL`)
  return { key, value, end }
}

const TEXT_KEYS = new Set(['path', 'linkpath', 'uname', 'gname'])

function invalid(problem: string): ArchiveError {
  return new ArchiveError('TAR_INVALID', `pax extended header is malformed: ${problem}`)
}
