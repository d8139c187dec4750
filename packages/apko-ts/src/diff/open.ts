import { open, readFile, stat } from 'node:fs/promises'
import { isSystemError, messageOf } from '@apkts/diagnostics'
import { utf8Decode } from '@apkts/encoding'
import { type ImageSource, openArchive, openLayout, parseReference, type Reference } from '@apkts/registry'
import { ApkoError } from '../error.ts'
import { parseLockFile } from '../lock/parse.ts'
import type { Subject } from './subject.ts'

export interface OpenOptions {
  loadConfig(path: string): Promise<Extract<Subject, { kind: 'config' }>['config']>
  openRemote(reference: Reference): Promise<ImageSource>
}

/** Names an image in a registry even where a file has the same name. */
const REMOTE = 'docker://'

/**
 * Opens what an argument names: an OCI layout, an archive, a lock file or a configuration, each told by what it is; what
 * is no file is a reference into a registry. The caller closes it.
 * @throws ApkoError `DIFF_INPUT`, and the errors of what it is
 */
export async function openSubject(name: string, options: OpenOptions): Promise<Subject> {
  const remote = async (text: string): Promise<Subject> => {
    return { name, kind: 'image', source: await options.openRemote(parseReference(text)) }
  }
  if (name.startsWith(REMOTE)) return remote(name.slice(REMOTE.length))
  const found = await kindOf(name)
  if (found === 'directory') return { name, kind: 'image', source: await openLayout(name) }
  if (found === 'absent') {
    if (!looksLikePath(name)) return remote(name)
    throw new ApkoError('DIFF_INPUT', `${name} is not there`, {
      hint: 'name an archive, an OCI layout, a lock file, a configuration, or an image in a registry',
    })
  }
  if (found === 'tar') return { name, kind: 'image', source: await openArchive(name) }
  if (found === 'gzip') {
    throw new ApkoError('DIFF_INPUT', `${name} is compressed as a whole`, {
      hint: `decompress it first: gunzip ${name}`,
    })
  }
  return openText(name, options)
}

async function openText(name: string, { loadConfig }: OpenOptions): Promise<Subject> {
  const bytes = await readFile(name)
  // A configuration may be JSON, too, but has no packages that are objects.
  const isLock = bytes.subarray(0, 4096).toString('latin1').trimStart().startsWith('{') && mentionsLock(bytes)
  if (isLock) return { name, kind: 'lock', lock: parseLockFile(utf8Decode(bytes), name) }
  return { name, kind: 'config', config: await loadConfig(name) }
}

function mentionsLock(bytes: Uint8Array): boolean {
  try {
    const value = JSON.parse(utf8Decode(bytes)) as { version?: unknown; contents?: unknown } | null
    return typeof value?.version === 'string' && typeof value.contents === 'object'
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

type Kind = 'absent' | 'directory' | 'tar' | 'gzip' | 'text'

async function kindOf(path: string): Promise<Kind> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) return 'directory'
    return kindOfStart(await readStart(path))
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT') || isSystemError(cause, 'ENOTDIR')) return 'absent'
    if (!isSystemError(cause)) throw cause
    throw new ApkoError('DIFF_INPUT', `cannot read ${path}: ${messageOf(cause)}`, { cause })
  }
}

const BLOCK = 512
const MAGIC = { offset: 257, text: 'ustar' }

async function readStart(path: string): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(BLOCK), 0, BLOCK, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

function kindOfStart(start: Buffer): Kind {
  if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip'
  const { offset, text } = MAGIC
  const isTar = start.length === BLOCK && start.toString('latin1', offset, offset + text.length) === text
  return isTar ? 'tar' : 'text'
}

function looksLikePath(name: string): boolean {
  return /^[./~]/.test(name) || /\.(tar|ya?ml|json|tgz|gz)$/i.test(name)
}
