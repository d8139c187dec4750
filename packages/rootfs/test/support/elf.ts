const HEADER = 64
const SECTION = 64
const SHT_STRTAB = 3
const SHT_DYNAMIC = 6
const DT_SONAME = 14n

/** Bytes (one character each) of a minimal 64-bit ELF file with a dynamic section. */
export function sharedObject(spec: { machine: number; sonames: readonly string[]; type?: number }): string {
  const strings = Buffer.from(`\0${spec.sonames.map((name) => `${name}\0`).join('')}`)
  const dynamic = Buffer.alloc(16 * (spec.sonames.length + 1))
  let at = 1
  spec.sonames.forEach((name, i) => {
    dynamic.writeBigUInt64LE(DT_SONAME, 16 * i)
    dynamic.writeBigUInt64LE(BigInt(at), 16 * i + 8)
    at += name.length + 1
  })
  const sections = Buffer.concat([
    Buffer.alloc(SECTION),
    section(SHT_STRTAB, HEADER, strings.length, 0),
    section(SHT_DYNAMIC, HEADER + strings.length, dynamic.length, 1),
  ])
  const header = Buffer.alloc(HEADER)
  header.write('\x7fELF\x02\x01\x01', 'latin1')
  header.writeUInt16LE(spec.type ?? 3, 16)
  header.writeUInt16LE(spec.machine, 18)
  header.writeUInt32LE(1, 20)
  header.writeBigUInt64LE(BigInt(HEADER + strings.length + dynamic.length), 0x28)
  header.writeUInt16LE(SECTION, 0x3a)
  header.writeUInt16LE(3, 0x3c)
  header.writeUInt16LE(1, 0x3e)
  return Buffer.concat([header, strings, dynamic, sections]).toString('latin1')
}

function section(type: number, offset: number, size: number, link: number): Buffer {
  const bytes = Buffer.alloc(SECTION)
  bytes.writeUInt32LE(type, 4)
  bytes.writeBigUInt64LE(BigInt(offset), 0x18)
  bytes.writeBigUInt64LE(BigInt(size), 0x20)
  bytes.writeUInt32LE(link, 0x28)
  return bytes
}
