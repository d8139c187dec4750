import { ApkError } from '../error.ts'
import { parseIndex } from '../index/parse.ts'
import { type PackageRecord, parseChecksumText } from '../record.ts'

/** A file or directory that the installed database lists. */
export interface InstalledFile {
  readonly path: string
  readonly directory: boolean
  readonly uid: number
  readonly gid: number
  readonly mode: number
  /** SHA-1 of the content or link target, when recorded. */
  readonly checksum?: Uint8Array
}

/** An entry of the installed database: the package and what it brought. */
export interface InstalledPackage {
  readonly record: PackageRecord
  readonly files: readonly InstalledFile[]
}

type Draft = { -readonly [K in keyof InstalledFile]: InstalledFile[K] }

/**
 * Reads `lib/apk/db/installed`, written by apko or apk-tools.
 * @throws ApkError naming the line.
 */
export function parseInstalled(text: string, file = 'installed'): InstalledPackage[] {
  const packages: InstalledPackage[] = []
  let line = 1
  for (const block of text.split('\n\n')) {
    const start = line
    line += block.split('\n').length + 1
    if (block.trim() === '') continue
    const [record] = parseIndex(`${block}\n\n`, file)
    if (record === undefined) throw problem(file, start, 'the record has no package name (P:)')
    packages.push({ record: withLists(record, block), files: parseFiles(block, file, start) })
  }
  return packages
}

function withLists(record: PackageRecord, block: string): PackageRecord {
  const replaces = /^r:(.+)$/m.exec(block)?.[1]?.split(' ') ?? []
  const brackets = /^i:\[(.*)\]$/m.exec(block)?.[1]
  if (brackets === undefined) return { ...record, replaces }
  return { ...record, replaces, installIf: brackets === '' ? [] : brackets.split(' ') }
}

function parseFiles(block: string, file: string, start: number): InstalledFile[] {
  const files: Draft[] = []
  let directory = ''
  for (const [i, line] of block.split('\n').entries()) {
    const value = line.slice(2)
    const last = files.at(-1)
    switch (line.slice(0, 2)) {
      case 'F:':
        directory = value
        files.push({ path: value, directory: true, uid: 0, gid: 0, mode: 0o755 })
        break
      case 'R:': {
        const path = directory === '' ? value : `${directory}/${value}`
        files.push({ path, directory: false, uid: 0, gid: 0, mode: 0o644 })
        break
      }
      case 'M:':
      case 'a:':
        if (last !== undefined) Object.assign(last, ownerAndMode(value, file, start + i))
        break
      case 'Z:': {
        const checksum = parseChecksumText(value)
        if (last !== undefined && checksum !== undefined) last.checksum = checksum
        break
      }
    }
  }
  return files
}

function ownerAndMode(value: string, file: string, line: number): { uid: number; gid: number; mode: number } {
  const match = /^(\d{1,10}):(\d{1,10}):([0-7]{1,5})/.exec(value)
  if (match === null) throw problem(file, line, `expected uid:gid:mode, found ${JSON.stringify(value)}`)
  return { uid: Number(match[1]), gid: Number(match[2]), mode: Number.parseInt(match[3]!, 8) }
}

function problem(file: string, line: number, text: string): ApkError {
  return new ApkError('INSTALLED_DATABASE', `${file}:${line}: ${text}`, { at: { file, line } })
}
