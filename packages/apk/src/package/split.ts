import { inflateMember, parseTar, type TarMember } from '@apkts/archive'
import { sha1, sha256 } from '@apkts/encoding'
import { ApkError } from '../error.ts'
import { type ApkLimits, limitOf } from './limits.ts'
import {
  type ApkSections,
  type ControlPart,
  checkStart,
  inSection,
  isSignature,
  pkgInfoOf,
  type SectionRange,
} from './section.ts'

/** A package in memory, taken apart; its data section stays compressed. */
export interface SplitPackage extends ControlPart {
  readonly sections: ApkSections
  /** Where the data section starts; the file's length when there is none. */
  readonly dataOffset: number
}

/**
 * Takes an apk v2 package apart without inflating its data: as many members as the signature and control section need,
 * everything after them is data, whatever it is. The slices are views.
 * @throws ApkError naming the file.
 */
export function splitApk(bytes: Uint8Array, file: string, limits?: ApkLimits): SplitPackage {
  const { part, dataOffset } = splitControl(bytes, file, limits)
  const data = bytes.subarray(dataOffset)
  const dataLimit = limitOf(limits, 'data')
  if (dataLimit >= 0 && data.length > dataLimit) {
    throw new ApkError('PACKAGE_TOO_LARGE', `${file}: data section: size limit exceeded, limit is ${dataLimit} bytes`)
  }
  const range = { offset: dataOffset, length: data.length, digest: sha256(data) }
  return { ...part, sections: { ...part.sections, data: range }, dataOffset }
}

/** What comes before the data section, and where that starts. The slices are views. @throws ApkError naming the file. */
export function splitControl(
  bytes: Uint8Array,
  file: string,
  limits?: ApkLimits,
): { readonly part: ControlPart; readonly dataOffset: number } {
  checkStart(bytes, file)
  const first = readSection(bytes, 0, 'first section', file, limits)
  const signed = isSignature(first.members)
  const control = signed ? readSection(bytes, first.end, 'control section', file, limits) : first
  const part = {
    sections: { ...(signed ? { signature: rangeOf(first) } : {}), control: rangeOf(control) },
    ...(signed ? { signature: first.bytes } : {}),
    control: control.bytes,
    signatureMembers: signed ? first.members : [],
    controlMembers: control.members,
    pkgInfo: pkgInfoOf(control.members, file),
  }
  return { part, dataOffset: control.end }
}

interface Section {
  readonly offset: number
  readonly end: number
  readonly bytes: Uint8Array
  readonly members: TarMember[]
}

function readSection(bytes: Uint8Array, offset: number, part: string, file: string, limits?: ApkLimits): Section {
  return inSection(file, part, () => {
    const { data, end } = inflateMember(bytes, offset, limitOf(limits, 'control'), { small: true })
    return { offset, end, bytes: bytes.subarray(offset, end), members: parseTar(data) }
  })
}

function rangeOf(section: Section): SectionRange {
  return { offset: section.offset, length: section.bytes.length, digest: sha1(section.bytes) }
}
