import type { DataEntry } from '@apkts/apk'
import { CHECKSUM_RECORD } from '@apkts/apk'
import type { TarHeader } from '@apkts/archive'
import type { Findings } from './types.ts'

const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/
const INSTALLABLE = new Set(['file', 'directory', 'symlink', 'hardlink'])
const SPECIAL_BITS = 0o6000

/**
 * Checks names, types and links of a data section: nothing may reach outside the root, be written through a link, appear
 * twice with another meaning, or be of a type that installers refuse. Entries at the top whose name starts with a dot are
 * metadata to every installer, and are only looked at for their names.
 */
export function checkEntries(entries: readonly DataEntry[], findings: Findings): void {
  const seen = new Map<string, TarHeader>()
  for (const { header } of entries) {
    checkName(header, findings)
    checkType(header, findings)
    checkPlace(header, seen, findings)
    if (header.type === 'hardlink') checkHardLink(header, seen, findings)
    checkRecord(header, findings)
    seen.set(header.path, header)
  }
}

function checkName({ path }: TarHeader, findings: Findings): void {
  const problem = nameProblem(path)
  if (problem !== undefined) findings.fault('ENTRY_NAME', `the name ${problem}`, shown(path))
}

/** Why a name cannot be that of an installed file; undefined for a good one. */
function nameProblem(path: string): string | undefined {
  if (path === '') return 'is empty'
  if (path.startsWith('/')) return 'is absolute'
  if (CONTROL_CHARACTER.test(path)) return 'contains a control character'
  const parts = path.split('/')
  if (parts.includes('..')) return 'leads out of the root'
  if (parts.includes('.') || parts.includes('')) return 'is not in its shortest form'
  return undefined
}

function checkType({ path, type, typeflag, mode }: TarHeader, findings: Findings): void {
  if (!INSTALLABLE.has(type)) {
    findings.fault(
      'ENTRY_TYPE',
      `packages cannot contain a ${type.replace('-', ' ')} (type byte ${typeflag})`,
      shown(path),
    )
  } else if (typeflag === '\0') {
    findings.warn('ENTRY_TYPE', 'apk-tools skips files whose type byte is NUL without a word', shown(path))
  }
  if (type === 'file' && (mode & SPECIAL_BITS) !== 0) {
    const bits = (mode & 0o4000) === 0 ? 'setgid' : 'setuid'
    findings.warn('ENTRY_MODE', `it is ${bits}: whoever runs it gets the rights of its owner`, shown(path))
  }
}

function checkPlace(header: TarHeader, seen: ReadonlyMap<string, TarHeader>, findings: Findings): void {
  const { path, type } = header
  const before = seen.get(path)
  if (before !== undefined && (before.type !== 'directory' || type !== 'directory')) {
    findings.fault('ENTRY_TWICE', `it appears twice, as ${before.type} and as ${type}`, shown(path))
  }
  const link = parentsOf(path).find((parent) => seen.has(parent) && seen.get(parent)?.type !== 'directory')
  if (link !== undefined) {
    findings.fault(
      'ENTRY_THROUGH_LINK',
      `it lies below ${shown(link)}, which is a ${seen.get(link)?.type}`,
      shown(path),
    )
    return
  }
  const missing = isHidden(path) ? undefined : parentsOf(path).find((parent) => !seen.has(parent))
  if (missing === undefined) return
  findings.warn('ENTRY_PARENT', `its directory ${shown(missing)} has no entry; apk-tools refuses that`, shown(path))
}

function checkHardLink({ path, linkname }: TarHeader, seen: ReadonlyMap<string, TarHeader>, findings: Findings): void {
  const target = seen.get(linkname)
  if (target?.type === 'file' || target?.type === 'hardlink') return
  findings.fault('ENTRY_LINK', `hard link to ${shown(linkname)}, which is no earlier file of the package`, shown(path))
}

function checkRecord({ path, type, pax }: TarHeader, findings: Findings): void {
  if (type !== 'file' || isHidden(path) || pax.has(CHECKSUM_RECORD)) return
  findings.fault('FILE_CHECKSUM', 'the package records no SHA-1 for it; no installer takes it', shown(path))
}

function isHidden(path: string): boolean {
  return path.startsWith('.') && !path.includes('/')
}

function parentsOf(path: string): string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('/'))
}

/** A name for messages: quoted when it holds what a terminal would act on. */
function shown(path: string): string {
  return path === '' || CONTROL_CHARACTER.test(path) ? JSON.stringify(path) : path
}
