import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ArchiveError, ByteSource, readGzipMember, scanTar } from '@apkts/archive'
import { isSystemError } from '@apkts/diagnostics'
import { utf8Decode } from '@apkts/encoding'
import { isRemote } from '@apkts/repository'
import { adbError, VerifyError } from './error.ts'
import { exists } from './sources.ts'

export type SubjectKind =
  | 'package'
  | 'index'
  | 'local-repository'
  | 'remote-repository'
  | 'image-archive'
  | 'image-layout'

const HEAD = 1 << 16
const PEEK_LIMIT = 1 << 26

/**
 * What a file, directory or URL is, judged by its first bytes; a URL by its name.
 * @throws VerifyError `ADB` for apk v3, `NOT_CHECKABLE` for everything else unknown.
 */
export async function kindOfSubject(subject: string): Promise<SubjectKind> {
  if (isRemote(subject)) return kindOfUrl(subject)
  const found = await statOf(subject)
  if (found.isDirectory()) return (await exists(join(subject, 'index.json'))) ? 'image-layout' : 'local-repository'
  const head = await readHead(subject)
  if (head.length === 0) throw notCheckable(subject, 'it is empty')
  if (utf8Decode(head.subarray(0, 3)) === 'ADB') throw adbError(subject)
  if (head[0] === 0x1f && head[1] === 0x8b) return kindOfGzip(subject, head)
  if (utf8Decode(head.subarray(257, 262)) === 'ustar') return 'image-archive'
  throw notCheckable(subject, 'it is neither a package, an index nor an image')
}

function kindOfUrl(url: string): SubjectKind {
  const path = url.replace(/[?#].*$/, '')
  if (path.endsWith('.apk')) return 'package'
  return path.endsWith('.tar.gz') ? 'index' : 'remote-repository'
}

async function statOf(path: string) {
  try {
    return await stat(path)
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) throw notCheckable(path, 'there is no such file')
    throw error
  }
}

async function readHead(path: string): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** Index or package, by the first entry that is no signature; a file too odd to tell is taken for a package. */
async function kindOfGzip(subject: string, head: Uint8Array): Promise<'package' | 'index'> {
  const bytes = new ByteSource(
    (async function* () {
      yield head
    })(),
  )
  try {
    for (;;) {
      const { data } = await readGzipMember(bytes, PEEK_LIMIT)
      const names = scanTar(data).members.map(({ header }) => header.path)
      if (names.includes('APKINDEX') || names.includes('DESCRIPTION')) return 'index'
      if (!names.every((name) => name.startsWith('.SIGN.'))) return 'package'
    }
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error
    return /APKINDEX[^/]*\.tar\.gz$/.test(subject) ? 'index' : 'package'
  }
}

function notCheckable(subject: string, problem: string): VerifyError {
  return new VerifyError('NOT_CHECKABLE', `cannot check ${subject}: ${problem}`, {
    at: { file: subject },
    hint: 'Expected an .apk, an APKINDEX.tar.gz, a repository (directory or URL), a docker archive or an OCI layout.',
  })
}
