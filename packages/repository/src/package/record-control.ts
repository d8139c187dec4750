import type { ApkSections, PkgInfo, SectionRange } from '@apkts/apk'
import type { TarMember } from '@apkts/archive'
import { base64, hex } from '@apkts/encoding'
import { entriesText, parseEntries } from './record-entries.ts'

/** What is known of a package without its data section. */
export interface ControlFacts {
  readonly pkgInfo: PkgInfo
  readonly sections: ApkSections
  /** Scripts of the control section. */
  readonly controlMembers: readonly TarMember[]
}

/** The same as JSON has it. */
export interface ControlJson {
  readonly pkgInfo: Omit<PkgInfo, RankName> & { readonly [name in RankName]: string }
  readonly sections: { readonly [name in keyof ApkSections]: RangeJson }
  /** Headers of the scripts as text, and their contents. */
  readonly scripts?: { readonly headers: string; readonly contents: readonly string[] }
}

type RankName = 'providerPriority' | 'replacesPriority'
type RangeJson = readonly [offset: number, length: number, digest: string]

/** The facts as JSON can have them. */
export function controlJson({ pkgInfo, sections, controlMembers }: ControlFacts): ControlJson {
  const { providerPriority, replacesPriority } = pkgInfo
  const { signature, control, data } = sections
  const contents = controlMembers.map(({ content }) => base64(content))
  return {
    pkgInfo: { ...pkgInfo, providerPriority: `${providerPriority}`, replacesPriority: `${replacesPriority}` },
    sections: {
      ...(signature === undefined ? {} : { signature: rangeJson(signature) }),
      control: rangeJson(control),
      data: rangeJson(data),
    },
    ...(contents.length === 0 ? {} : { scripts: { headers: entriesText(controlMembers), contents } }),
  }
}

function rangeJson({ offset, length, digest }: SectionRange): RangeJson {
  return [offset, length, hex(digest)]
}

/** The facts that were made JSON. */
export function controlFacts({ pkgInfo, sections, scripts }: ControlJson): ControlFacts {
  const { signature, control, data } = sections
  const headers = scripts === undefined ? [] : parseEntries(scripts.headers)
  return {
    pkgInfo: {
      ...pkgInfo,
      providerPriority: BigInt(pkgInfo.providerPriority),
      replacesPriority: BigInt(pkgInfo.replacesPriority),
    },
    sections: {
      ...(signature === undefined ? {} : { signature: rangeOf(signature) }),
      control: rangeOf(control),
      data: rangeOf(data),
    },
    controlMembers: headers.map((entry, i) => ({ ...entry, content: Buffer.from(scripts!.contents[i]!, 'base64') })),
  }
}

function rangeOf([offset, length, digest]: RangeJson): SectionRange {
  return { offset, length, digest: Buffer.from(digest, 'hex') }
}
