import { base64, fromBase64 } from '@apkts/encoding'

/** One block of RFC 7468 text, with the header lines that RFC 1421 allows before the content. */
export interface PemBlock {
  readonly type: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly bytes: Uint8Array
}

const BEGIN = /^-----BEGIN ([^\n]*?)-----[ \t]*\r?\n/gm
const HEADER = /^([^:\n]+):[ \t]*(.*)$/
const LINE_LENGTH = 64

/** The blocks in a text; whatever stands around them, and blocks whose base64 is malformed, are passed over. */
export function parsePem(text: string): PemBlock[] {
  const blocks: PemBlock[] = []
  const unfinished = new Set<string>()
  let position = 0
  for (const match of text.matchAll(BEGIN)) {
    const type = match[1]!
    if (match.index < position || unfinished.has(type)) continue
    const start = match.index + match[0].length
    const end = text.indexOf(`\n-----END ${type}-----`, start - 1)
    if (end === -1) {
      unfinished.add(type)
      continue
    }
    blocks.push(...parseBody(type, text.slice(start, end + 1).split(/\r?\n/)))
    position = end
  }
  return blocks
}

function parseBody(type: string, lines: readonly string[]): PemBlock[] {
  const end = lines.findIndex((line) => !HEADER.test(line))
  const headers = lines.slice(0, end).map((line) => {
    const match = HEADER.exec(line)!
    return [match[1]!.trim(), match[2]!.trim()] as const
  })
  const bytes = fromBase64(lines.slice(end).join('').replace(/\s/g, ''))
  return bytes === undefined ? [] : [{ type, headers, bytes }]
}

/** The block as text with 64 characters per line and a final newline. */
export function formatPem({ type, headers, bytes }: PemBlock): string {
  const lines = base64(bytes).match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g')) ?? []
  const head = headers.length === 0 ? '' : `${headers.map(([name, value]) => `${name}: ${value}\n`).join('')}\n`
  return `-----BEGIN ${type}-----\n${head}${lines.map((line) => `${line}\n`).join('')}-----END ${type}-----\n`
}
