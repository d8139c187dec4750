import { posix } from 'node:path'
import type { TarHeader } from '@apkts/archive'
import { ApkError } from '../error.ts'
import { fileChecksum } from '../package/checksum.ts'
import type { PkgInfo } from '../pkginfo/parse.ts'
import { checksumText } from '../record.ts'
import { cleanPath, sortInstalledPaths } from './order.ts'

/** What the installed database says about a package besides its files. */
export interface InstalledInput {
  readonly pkgInfo: PkgInfo
  /** SHA-1 of the control section. */
  readonly controlSha1: Uint8Array
  /** Bytes of all sections: the package file's length. */
  readonly fileSize: number
}

/**
 * One record of `lib/apk/db/installed` as apko writes it. `files` are the package's entries that belong to it, in tar
 * order; those without a directory entry for each of their parents are left out.
 * @throws ApkError `INSTALLED_DATABASE` for a package without a name or a root entry or a line break in
 * a name, which the format cannot express.
 */
export function formatInstalledRecord(input: InstalledInput, files: readonly TarHeader[]): string {
  const { name, version } = input.pkgInfo
  return joinInstalledRecord(input, name === '' ? '' : formatInstalledFiles(files, `${name}-${version}`))
}

/** The same record from what `formatInstalledFiles` gave. @throws ApkError `INSTALLED_DATABASE` for a package without a name */
export function joinInstalledRecord(input: InstalledInput, files: string): string {
  if (input.pkgInfo.name === '') {
    throw new ApkError('INSTALLED_DATABASE', 'a package without a name cannot be installed')
  }
  return `${packageLines(input).join('\n')}\n${files}\n`
}

/** The lines about files in a record, each ended by a line feed; `label` names the package in messages. @throws ApkError */
export function formatInstalledFiles(files: readonly TarHeader[], label: string): string {
  const forged = files.find(({ path }) => LINE_BREAK.test(path))
  if (forged !== undefined) throw lineBreak(label, forged.path)
  return fileLines(recordedFiles(files), label)
    .map((line) => `${line}\n`)
    .join('')
}

const LINE_BREAK = /[\n\r]/

function lineBreak(label: string, path: string): ApkError {
  return new ApkError('INSTALLED_DATABASE', `${label}: the file name ${JSON.stringify(path)} has a line break`, {
    hint: 'Such a name would read as further lines of the database. Build the package without that file.',
  })
}

function packageLines({ pkgInfo, controlSha1, fileSize }: InstalledInput): string[] {
  const { replaces } = pkgInfo
  return [
    `P:${pkgInfo.name}`,
    `V:${pkgInfo.version}`,
    `A:${pkgInfo.arch}`,
    `L:${pkgInfo.license}`,
    `T:${pkgInfo.description}`,
    `o:${pkgInfo.origin}`,
    `m:${pkgInfo.maintainer}`,
    `U:${pkgInfo.url}`,
    `D:${pkgInfo.dependencies.join(' ')}`,
    `p:${pkgInfo.provides.join(' ')}`,
    ...(replaces.length === 0 ? [] : [`r:${replaces.join(' ')}`]),
    `c:${pkgInfo.commit}`,
    `i:[${pkgInfo.installIf.join(' ')}]`,
    `t:${pkgInfo.buildDate}`,
    `S:${fileSize}`,
    `I:${pkgInfo.size}`,
    `k:${pkgInfo.providerPriority}`,
    `C:${checksumText(controlSha1)}`,
  ]
}

/** The files in the database's order, without those whose parent directories are not all in the package. */
function recordedFiles(files: readonly TarHeader[]): TarHeader[] {
  const directories = new Set(['', '.'])
  for (const { type, path } of files) if (type === 'directory') directories.add(path).add(path.replace(/\/$/, ''))
  const reachable = new Map<string, boolean>()
  const placed = files.map((header) => ({ header, path: header.path, directory: header.type === 'directory' }))
  return sortInstalledPaths(placed)
    .map(({ header }) => header)
    .filter(({ path }) => path === '' || hasParents(path.replace(/\/$/, ''), directories, reachable))
}

/**
 * Whether all directories above a path are there, up to the root of a relative or absolute path. `known` keeps the
 * answers: many files share their directories.
 */
function hasParents(path: string, directories: ReadonlySet<string>, known: Map<string, boolean>): boolean {
  const spelled = posix.dirname(path)
  const found = known.get(spelled)
  if (found !== undefined) return found
  const parent = cleanPath(spelled)
  const root = parent === '.' || parent === path
  const answer = root || (directories.has(parent) && hasParents(parent, directories, known))
  known.set(spelled, answer)
  return answer
}

function fileLines(files: readonly TarHeader[], label: string): string[] {
  const lines: string[] = []
  let inDirectory = false
  for (const header of files) {
    if (header.type === 'directory') lines.push(...directoryLines(header, label))
    else {
      if (!inDirectory) lines.push('F:')
      lines.push(...leafLines(header, label))
    }
    inDirectory = true
  }
  return lines
}

function directoryLines(header: TarHeader, label: string): string[] {
  const usual = isDefault(header, 0o755)
  const path = header.path.replace(/\/+$/, '')
  if (path === '' && !usual) {
    throw new ApkError(
      'INSTALLED_DATABASE',
      `${label}: its root directory has an owner or mode that cannot be recorded`,
    )
  }
  return usual ? [`F:${path}`] : [`F:${path}`, `M:${ownerAndMode(header)}`]
}

function leafLines(header: TarHeader, label: string): string[] {
  const lines = [`R:${header.path.slice(header.path.lastIndexOf('/') + 1)}`]
  if (!isDefault(header, 0o644)) lines.push(`a:${ownerAndMode(header)}`)
  const checksum = fileChecksum(header, label)
  if (checksum !== undefined) lines.push(`Z:${checksumText(checksum)}`)
  return lines
}

function isDefault({ uid, gid, mode }: TarHeader, usual: number): boolean {
  return uid === 0 && gid === 0 && mode === usual
}

function ownerAndMode({ uid, gid, mode }: TarHeader): string {
  return `${uid}:${gid}:${mode.toString(8).padStart(4, '0')}`
}
