/** Parts of a small 64-bit little-endian ELF file, for tests. */
export interface ElfParts {
  readonly machine?: number
  readonly interpreter?: string
  readonly sonames?: readonly string[]
  readonly needed?: readonly string[]
  /** Further sections: name → content. */
  readonly sections?: Readonly<Record<string, Uint8Array>>
}

const HEADER = 64
const SEGMENT = 56
const SECTION = 64

/** A file with what dependency analysis looks at, and nothing else. */
export function elfImage(parts: ElfParts = {}): Uint8Array {
  const { interpreter, sonames = [], needed = [], sections = {} } = parts
  const strings = createStrings()
  const dynamic = [
    ...sonames.map((name) => [14, strings.add(name)]),
    ...needed.map((name) => [1, strings.add(name)]),
    [0, 0],
  ]
  const names = createStrings()
  const table = [
    { name: '', type: 0, content: new Uint8Array(), link: 0 },
    { name: '.dynstr', type: 3, content: strings.bytes(), link: 0 },
    { name: '.dynamic', type: 6, content: words(dynamic.flat()), link: 1 },
    ...Object.entries(sections).map(([name, content]) => ({ name, type: 1, content, link: 0 })),
  ]
  const rows = [...table, { name: '.shstrtab', type: 3, content: new Uint8Array(), link: 0 }]
  const offsets = rows.map((row) => names.add(row.name))
  rows[rows.length - 1] = { ...rows.at(-1)!, content: names.bytes() }
  const interp = interpreter === undefined ? new Uint8Array() : new TextEncoder().encode(`${interpreter}\0`)
  const segmentCount = interpreter === undefined ? 0 : 1
  let at = HEADER + segmentCount * SEGMENT
  const interpAt = at
  at += interp.length
  const places = rows.map(({ content }) => {
    const place = at
    at += content.length
    return place
  })
  const file = new Uint8Array(at + rows.length * SECTION)
  const view = new DataView(file.buffer)
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  view.setUint16(16, 3, true)
  view.setUint16(18, parts.machine ?? 62, true)
  view.setBigUint64(32, BigInt(segmentCount === 0 ? 0 : HEADER), true)
  view.setBigUint64(40, BigInt(at), true)
  view.setUint16(54, SEGMENT, true)
  view.setUint16(56, segmentCount, true)
  view.setUint16(58, SECTION, true)
  view.setUint16(60, rows.length, true)
  view.setUint16(62, rows.length - 1, true)
  if (segmentCount > 0) {
    view.setUint32(HEADER, 3, true)
    view.setBigUint64(HEADER + 8, BigInt(interpAt), true)
    view.setBigUint64(HEADER + 32, BigInt(interp.length), true)
    file.set(interp, interpAt)
  }
  for (const [index, row] of rows.entries()) {
    file.set(row.content, places[index]!)
    const header = at + index * SECTION
    view.setUint32(header, offsets[index]!, true)
    view.setUint32(header + 4, row.type, true)
    view.setBigUint64(header + 24, BigInt(places[index]!), true)
    view.setBigUint64(header + 32, BigInt(row.content.length), true)
    view.setUint32(header + 40, row.link, true)
  }
  return file
}

function createStrings() {
  let text = '\0'
  return {
    add(name: string): number {
      const at = text.length
      text += `${name}\0`
      return at
    },
    bytes: () => new TextEncoder().encode(text),
  }
}

function words(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 8)
  const view = new DataView(bytes.buffer)
  for (const [at, value] of values.entries()) view.setBigUint64(at * 8, BigInt(value), true)
  return bytes
}
