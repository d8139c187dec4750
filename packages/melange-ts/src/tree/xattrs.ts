import type { Readable } from 'node:stream'
import { readTar } from '@apkts/archive'
import type { Log } from '@apkts/diagnostics'
import { fromHex } from '@apkts/encoding'
import { execa } from 'execa'
import type { XattrsByPath } from './from-directory.ts'

/** Attributes of the build machine, not of the package. */
const IGNORED: ReadonlySet<string> = new Set([
  'com.apple.provenance',
  'com.docker.grpcfuse.ownership',
  'security.csm',
  'security.selinux',
  'trusted.SGI_ACL_DEFAULT',
  'trusted.SGI_ACL_FILE',
])

const TAR_PREFIX = 'SCHILY.xattr.'
const MAX_OUTPUT = 256 << 20

/**
 * Extended attributes of all files below a directory, by relative path. Node cannot read them, so `getfattr` or GNU tar
 * does; without either a warning says that none are recorded.
 */
export async function readXattrs(directory: string, log: Log): Promise<XattrsByPath> {
  const found = (await fromGetfattr(directory)) ?? (await fromTar(directory))
  if (found === undefined) {
    log.warn('extended attributes of files are not recorded: neither getfattr (package "attr") nor GNU tar was found')
  }
  return found ?? new Map()
}

async function fromGetfattr(directory: string): Promise<XattrsByPath | undefined> {
  const result = await execa('getfattr', ['-R', '-P', '-h', '-d', '-m', '-', '-e', 'hex', '.'], {
    cwd: directory,
    reject: false,
    maxBuffer: MAX_OUTPUT,
    env: { LC_ALL: 'C' },
  })
  return result.exitCode === 0 ? parseGetfattr(result.stdout) : undefined
}

/** The text form of `getfattr -d -e hex`: `# file: NAME`, then `attribute=0xVALUE` lines, then an empty line. */
export function parseGetfattr(text: string): XattrsByPath {
  const found = new Map<string, Map<string, Uint8Array>>()
  let current: Map<string, Uint8Array> = new Map()
  for (const line of text.split('\n')) {
    const file = /^# file: (.*)$/.exec(line)?.[1]
    if (file !== undefined) {
      current = new Map()
      found.set(unescapeOctal(file).replace(/^\.\//, ''), current)
      continue
    }
    const match = /^([^=]+)(?:=(?:0x([0-9a-fA-F]*)|""))?$/.exec(line)
    if (match !== null) record(current, unescapeOctal(match[1]!), fromHex(match[2] ?? '') ?? new Uint8Array())
  }
  return found
}

function unescapeOctal(text: string): string {
  const bytes = text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

function record(attributes: Map<string, Uint8Array>, name: string, value: Uint8Array): void {
  if (!IGNORED.has(name)) attributes.set(name, value)
}

async function fromTar(directory: string): Promise<XattrsByPath | undefined> {
  const version = await execa('tar', ['--version'], { reject: false })
  if (version.exitCode !== 0 || !version.stdout.includes('GNU tar')) return undefined
  const args = ['--create', '--format=posix', '--xattrs', '--file=-', '--directory', directory, '.']
  const child = execa('tar', args, { reject: false, buffer: false, encoding: 'buffer', stderr: 'ignore' })
  const found = await collect(child.stdout)
  await child
  return found
}

async function collect(stream: Readable): Promise<XattrsByPath> {
  const found = new Map<string, Map<string, Uint8Array>>()
  for await (const { header, content } of readTar(stream)) {
    const path = header.path.replace(/^\.\//, '')
    const linked = header.type === 'hardlink' ? found.get(header.linkname.replace(/^\.\//, '')) : undefined
    const attributes = linked ?? new Map<string, Uint8Array>()
    for (const [key, value] of header.pax) {
      if (key.startsWith(TAR_PREFIX)) record(attributes, key.slice(TAR_PREFIX.length), value)
    }
    if (attributes.size > 0) found.set(path, attributes)
    for await (const _ of content);
  }
  return found
}
