import { parseTar, type TarMember } from '@apkts/archive'
import { sha1Hex, utf8Decode } from '@apkts/encoding'

/** What differs first between two tars, told in terms of their members; undefined when they are equal byte for byte. */
export function firstTarDifference(theirs: Uint8Array, ours: Uint8Array): string | undefined {
  if (Buffer.compare(theirs, ours) === 0) return undefined
  let a: TarMember[]
  let b: TarMember[]
  try {
    a = parseTar(theirs)
    b = parseTar(ours)
  } catch (error) {
    return `bytes differ, and a reader says: ${error instanceof Error ? error.message : error}`
  }
  for (const [at, member] of a.entries()) {
    const other = b[at]
    if (other === undefined) return `${member.header.path} is missing here`
    const difference = firstMemberDifference(member, other)
    if (difference !== undefined) return difference
  }
  return b.length > a.length ? `${b[a.length]!.header.path} is only here` : 'members are equal, their encoding differs'
}

function firstMemberDifference(theirs: TarMember, ours: TarMember): string | undefined {
  const [a, b] = [fieldsOf(theirs), fieldsOf(ours)]
  for (const [key, value] of Object.entries(a)) {
    const other = b[key as keyof typeof b]
    if (JSON.stringify(value) === JSON.stringify(other)) continue
    if (key !== 'content') return `${a.path}: ${key} is ${JSON.stringify(value)} there, ${JSON.stringify(other)} here`
    return `${a.path}: content differs: ${textDifference(theirs.content, ours.content)}`
  }
  return undefined
}

function fieldsOf({ header, content }: TarMember) {
  const { path, type, mode, uid, gid, uname, gname, size, mtime, linkname, devMajor, devMinor } = header
  const pax = [...header.pax].map(([key, value]) => `${key}=${utf8Decode(value)}`)
  const octal = mode.toString(8)
  return {
    path,
    type,
    mode: octal,
    uid,
    gid,
    uname,
    gname,
    content: sha1Hex(content),
    size,
    mtime,
    linkname,
    devMajor,
    devMinor,
    pax,
    format: header.format,
  }
}

function textDifference(theirs: Uint8Array, ours: Uint8Array): string {
  const [a, b] = [theirs, ours].map((bytes) => utf8Decode(bytes).split('\n'))
  const at = a!.findIndex((line, index) => line !== b![index])
  const show = (lines: readonly string[] | undefined) =>
    JSON.stringify(lines?.slice(Math.max(0, at), at + 2).join('\n'))
  return at === -1
    ? `${theirs.length} bytes there, ${ours.length} here`
    : `line ${at + 1}: ${show(a)} there, ${show(b)} here`
}
