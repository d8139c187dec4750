import { ArchiveError } from './error.ts'
import { gunzipAll, inflateMember } from './gunzip.ts'

const MAX_IMAGE = 1 << 30
const GZIP = Buffer.from([0x1f, 0x8b, 0x08])
const BANNER = Buffer.from('Linux version ')
const VERMAGIC = Buffer.from('vermagic=')
const BOOT_MAGIC = Buffer.from('HdrS')

/**
 * Version of a Linux kernel image: from the x86 boot header (Documentation/arch/x86/boot.rst), else from the banner inside
 * the compressed or plain image. Images wrapped for UEFI are looked into.
 */
export function kernelVersion(file: Uint8Array): string | undefined {
  const image = viewBuffer(unzipped(file) ?? efiSection(viewBuffer(file)) ?? file)
  const text = bootHeaderText(image) ?? bannerInside(image) ?? textAfter(image, BANNER)
  return versionPrefix(text)
}

/** Version of the kernel that a module was built for (its `vermagic`). */
export function moduleVersion(module: Uint8Array): string | undefined {
  return versionPrefix(textAfter(viewBuffer(module), VERMAGIC))
}

function viewBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function versionPrefix(text: string | undefined): string | undefined {
  return text === undefined ? undefined : /^[0-9.\-_A-Za-z]+/.exec(text)?.[0]
}

function unzipped(file: Uint8Array): Uint8Array | undefined {
  return file[0] === 0x1f && file[1] === 0x8b ? ignoringDamage(() => gunzipAll(file, MAX_IMAGE)) : undefined
}

function bootHeaderText(image: Buffer): string | undefined {
  if (image.length < 528 || !image.subarray(514, 518).equals(BOOT_MAGIC)) return undefined
  const pointer = image.readUInt16LE(526)
  return pointer === 0 ? undefined : nonEmpty(lineAt(image, pointer + 0x200))
}

function bannerInside(image: Buffer): string | undefined {
  const start = image.indexOf(GZIP)
  if (start < 0) return undefined
  const inner = ignoringDamage(() => inflateMember(image, start, MAX_IMAGE).data)
  return inner === undefined ? undefined : textAfter(viewBuffer(inner), BANNER)
}

function textAfter(bytes: Buffer, mark: Buffer): string | undefined {
  const at = bytes.indexOf(mark)
  return at < 0 ? undefined : nonEmpty(lineAt(bytes, at + mark.length))
}

function lineAt(bytes: Buffer, start: number): string {
  const rest = bytes.subarray(start, start + 4096)
  const ends = [rest.indexOf(0), rest.indexOf(0x0a)].filter((at) => at >= 0)
  return rest.toString('latin1', 0, Math.min(rest.length, ...ends)).trim()
}

function nonEmpty(text: string): string | undefined {
  return text === '' ? undefined : text
}

/** Content of section `.linux` of a PE file (a unified kernel image). */
function efiSection(file: Buffer): Buffer | undefined {
  if (file.length < 64 || file.toString('latin1', 0, 2) !== 'MZ') return undefined
  const header = file.readUInt32LE(60)
  if (header + 24 > file.length || file.toString('latin1', header, header + 4) !== 'PE\0\0') return undefined
  const count = file.readUInt16LE(header + 6)
  const table = header + 24 + file.readUInt16LE(header + 20)
  for (let at = table; at < table + count * 40 && at + 40 <= file.length; at += 40) {
    if (file.toString('latin1', at, at + 8).replace(/\0+$/, '') !== '.linux') continue
    const offset = file.readUInt32LE(at + 20)
    return file.subarray(offset, offset + file.readUInt32LE(at + 16))
  }
  return undefined
}

function ignoringDamage(read: () => Uint8Array): Uint8Array | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof ArchiveError) return undefined
    throw error
  }
}
