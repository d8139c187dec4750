import { mkdir } from 'node:fs/promises'
import { didYouMean, isSystemError, nearNames } from '@apkts/diagnostics'
import { execa } from 'execa'
import { controlFromParagraph, type DebControl } from './control.ts'
import { parseDeb822 } from './deb822.ts'
import { ImportError } from './error.ts'

/** A package that apt can download. */
export interface AptPackage {
  readonly control: DebControl
  /** Name that `apt-get download` gives the file. */
  readonly fileName: string
  readonly size: number
  /** Lower-case hex. */
  readonly sha256: string
}

export interface AptOptions {
  /** Debian architecture, such as `amd64`. */
  readonly arch: string
  readonly signal?: AbortSignal | undefined
}

/**
 * The packages that apt would install on an empty system for these names and files, without recommended ones. What the
 * host has installed plays no part: its package database is replaced by an empty one.
 * @throws ImportError `APT_UNAVAILABLE`, `APT_FAILED`, `DEB_NOT_FOUND`
 */
export async function planInstall(roots: readonly string[], options: AptOptions): Promise<AptPackage[]> {
  const args = ['install', '--print-uris', '-qq', '-y', '--no-install-recommends', ...EMPTY_SYSTEM]
  const planned = parseUris(await apt('apt-get', [...args, ...architecture(options), ...roots], options))
  return describe(planned, options)
}

const EMPTY_SYSTEM = ['-o', 'Dir::State::status=/dev/null']

/** The newest packages of exactly these names. */
export async function planExact(names: readonly string[], options: AptOptions): Promise<AptPackage[]> {
  const printed = await apt('apt-get', ['download', '--print-uris', '-qq', ...architecture(options), ...names], options)
  return describe(parseUris(printed), options)
}

/**
 * Downloads packages into a directory with `apt-get download`, which verifies them against the signed package lists.
 * `onFile` hears about every file that apt begins with.
 */
export async function download(
  packages: readonly AptPackage[],
  directory: string,
  options: AptOptions & { onFile?: (name: string) => void },
): Promise<void> {
  await mkdir(directory, { recursive: true })
  const wanted = packages.map(({ control }) => `${control.name}=${control.versionText}`)
  // The unprivileged user that apt would switch to cannot write here.
  const args = ['download', '-q', '-o', 'APT::Sandbox::User=root', ...architecture(options), ...wanted]
  await apt('apt-get', args, { ...options, cwd: directory, onLine: (line) => announce(line, options.onFile) })
}

/** `Get:3 http://… bookworm/main amd64 gcc-12 amd64 12.2.0-14 [19.3 MB]` → `gcc-12`. */
function announce(line: string, onFile: ((name: string) => void) | undefined): void {
  const match = /^Get:\d+ \S+ \S+ \S+ (\S+) /.exec(line)
  if (match !== null) onFile?.(match[1]!)
}

interface PrintedUri {
  readonly name: string
  readonly version: string
  readonly fileName: string
}

/** Lines of `--print-uris`: `'URI' file-name size digest`. */
export function parseUris(text: string): PrintedUri[] {
  return text.split('\n').flatMap((line) => {
    const match = /^'[^']*' (([^_\s]+)_([^_\s]+)_[^_\s]+\.deb) \d+/.exec(line)
    if (match === null) return []
    return [{ fileName: match[1]!, name: match[2]!, version: match[3]!.replaceAll(/%3a/gi, ':') }]
  })
}

async function describe(planned: readonly PrintedUri[], options: AptOptions): Promise<AptPackage[]> {
  if (planned.length === 0) return []
  const names = planned.map(({ name, version }) => `${name}=${version}`)
  const shown = parseDeb822(
    await apt('apt-cache', ['show', ...EMPTY_SYSTEM, ...architecture(options), ...names], options),
    'apt-cache show',
  )
  const byKey = new Map(shown.reverse().map((fields) => [`${fields.get('package')}=${fields.get('version')}`, fields]))
  return planned.map(({ name, version, fileName }) => {
    const fields = byKey.get(`${name}=${version}`)
    const sha256 = fields?.get('sha256')
    if (fields === undefined || sha256 === undefined)
      throw failed(`apt-cache show says nothing about ${name} ${version}`)
    return {
      control: controlFromParagraph(fields, `apt-cache show ${name}`),
      fileName,
      size: Number(fields.get('size')),
      sha256,
    }
  })
}

function architecture({ arch }: AptOptions): string[] {
  return ['-o', `APT::Architecture=${arch}`, '-o', `APT::Architectures=${arch}`]
}

interface RunOptions extends AptOptions {
  readonly cwd?: string
  readonly onLine?: (line: string) => void
}

async function apt(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  try {
    const child = execa(command, args, {
      env: { LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
      stdin: 'ignore',
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    })
    if (options.onLine !== undefined) for await (const line of child) options.onLine(line)
    return (await child).stdout
  } catch (error) {
    options.signal?.throwIfAborted()
    throw await explain(error, options)
  }
}

async function explain(error: unknown, options: AptOptions): Promise<unknown> {
  const cause = error instanceof Error && 'cause' in error ? error.cause : undefined
  if (isSystemError(error, 'ENOENT') || isSystemError(cause, 'ENOENT')) {
    return new ImportError('APT_UNAVAILABLE', 'expected the programs apt-get and apt-cache; they are not installed', {
      hint: 'Names are fetched on Debian and Ubuntu only. Elsewhere download the .deb files and name those.',
    })
  }
  if (!(error instanceof Error) || !('stderr' in error)) return error
  const lines = String(error.stderr)
    .split('\n')
    .filter((line) => /^[EW]: |^ /.test(line))
  const unknown = lines.flatMap(
    (line) => /Unable to locate package (\S+)|no installation candidate.*?(\S+)/.exec(line)?.[1] ?? [],
  )
  return unknown.length > 0
    ? notFound(unknown[0]!, options)
    : failed(lines[0]?.replace(/^[EW]: /, '') ?? error.message, lines.slice(1))
}

async function notFound(name: string, { arch }: AptOptions): Promise<ImportError> {
  const known = await execa('apt-cache', ['pkgnames'], { reject: false, lines: true })
  const names = Array.isArray(known.stdout) ? known.stdout.map(String) : []
  if (names.includes(name)) return notForArchitecture(name, arch)
  const near = nearNames(name, names).length > 0 ? didYouMean(name, names) : undefined
  const refresh = 'The package lists may be missing or old; refresh them with: apt-get update'
  return new ImportError(
    'DEB_NOT_FOUND',
    `expected the name of a Debian package, found "${name}", which apt does not know`,
    {
      hint: near === undefined ? refresh : `${near[0]!.toUpperCase()}${near.slice(1)} ${refresh}`,
    },
  )
}

function notForArchitecture(name: string, arch: string): ImportError {
  return new ImportError('DEB_NOT_FOUND', `apt knows the package "${name}", but not for ${arch}`, {
    hint: `Let it read the lists of that architecture: dpkg --add-architecture ${arch} && apt-get update`,
  })
}

function failed(message: string, notes: readonly string[] = []): ImportError {
  return new ImportError('APT_FAILED', `apt cannot provide the packages: ${message}`, {
    notes,
    hint: 'The package lists may be old; refresh them with: apt-get update',
  })
}
