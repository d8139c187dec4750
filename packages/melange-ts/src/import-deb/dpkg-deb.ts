import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { parseTar } from '@apkts/archive'
import { isSystemError } from '@apkts/diagnostics'
import { concatBytes, utf8Decode } from '@apkts/encoding'
import { type DebControl, parseControl } from './control.ts'
import { ImportError } from './error.ts'

/** The control part of a .deb. */
export interface DebControlPart {
  readonly control: DebControl
  /** The control file as it is. */
  readonly text: string
  /** Names of the maintainer scripts, sorted. */
  readonly scripts: readonly string[]
  /** Modification time of the control file, seconds since 1970: when the package was built. */
  readonly builtAt: number
}

const CONTROL_LIMIT = 64 * 1024 * 1024
const SCRIPTS = ['config', 'postinst', 'postrm', 'preinst', 'prerm']

/** Reads the control part of a .deb with dpkg-deb(1). @throws ImportError `DEB_UNREADABLE`, `DEB_CONTROL_INVALID` */
export async function readControlPart(file: string): Promise<DebControlPart> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of dpkgDeb('--ctrl-tarfile', file)) {
    size += chunk.length
    if (size > CONTROL_LIMIT) throw unreadable(file, `its control part is larger than ${CONTROL_LIMIT} bytes`)
    parts.push(chunk)
  }
  const members = parseTar(concatBytes(parts))
  const names = new Map(members.map((member) => [member.header.path.replace(/^\.\//, ''), member]))
  const control = names.get('control')
  if (control === undefined) throw unreadable(file, 'its control part has no control file')
  const text = utf8Decode(control.content)
  return {
    control: parseControl(text, file),
    text,
    scripts: SCRIPTS.filter((script) => names.has(script)),
    builtAt: control.header.mtime,
  }
}

/** The file system part of a .deb as a tar stream, decompressed by dpkg-deb(1); nothing is unpacked. */
export function fileSystemTar(file: string): AsyncGenerator<Uint8Array, void, void> {
  return dpkgDeb('--fsys-tarfile', file)
}

async function* dpkgDeb(operation: string, file: string): AsyncGenerator<Uint8Array, void, void> {
  const child = spawn('dpkg-deb', [operation, file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C' },
  })
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => {
    if (complaint.length < 4096) complaint += chunk.toString()
  })
  const closed = once(child, 'close') as Promise<[number | null]>
  closed.catch(() => {})
  try {
    yield* child.stdout as AsyncIterable<Uint8Array>
    const [status] = await closed
    if (status !== 0) throw unreadable(file, complaint.trim() || `dpkg-deb ended with status ${status}`)
  } catch (error) {
    throw isSystemError(error, 'ENOENT') ? missingTool(error) : error
  } finally {
    if (child.exitCode === null) child.kill()
  }
}

function missingTool(cause: unknown): ImportError {
  return new ImportError(
    'DEB_UNREADABLE',
    'expected the program dpkg-deb, which unpacks Debian packages; it is not installed',
    {
      hint: 'It is part of Debian and Ubuntu; elsewhere install the package dpkg.',
      cause,
    },
  )
}

function unreadable(file: string, reason: string): ImportError {
  return new ImportError('DEB_UNREADABLE', `expected a Debian package, but ${file} cannot be read: ${reason}`)
}
