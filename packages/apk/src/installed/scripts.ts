import { encodeTarHeader, TAR_END, type TarMember, tarPadding } from '@apkts/archive'
import { concatBytes } from '@apkts/encoding'
import { checksumText } from '../record.ts'

/** What the databases of scripts and triggers need to know of a package. */
export interface ScriptSource {
  readonly name: string
  readonly version: string
  readonly controlSha1: Uint8Array
  readonly controlMembers: readonly TarMember[]
  readonly triggers: readonly string[]
}

const EXECUTABLE = 0o555

/**
 * `lib/apk/db/scripts.tar`: every control entry that all may read and execute, except `.PKGINFO`, package by package.
 * Entries keep their mode, owner and tar flavour; `mtime`, in seconds, is that of all.
 */
export function formatScripts(packages: readonly ScriptSource[], mtime: number): Uint8Array {
  return concatBytes([...packages.flatMap((source) => scriptParts(source, mtime)), TAR_END])
}

function scriptParts(source: ScriptSource, mtime: number): Uint8Array[] {
  const prefix = `${source.name}-${source.version}.${checksumText(source.controlSha1)}`
  return source.controlMembers
    .filter(isScript)
    .flatMap(({ header, content }) => [
      encodeTarHeader({ ...header, path: `${prefix}${header.path}`, mtime }),
      content,
      tarPadding(content.length),
    ])
}

/** True for a member of a control section that is kept in `scripts.tar`. */
export function isScript({ header }: TarMember): boolean {
  return header.path !== '.PKGINFO' && (header.mode & EXECUTABLE) === EXECUTABLE
}

/** `lib/apk/db/triggers`: one line per `triggers` value, which holds all paths of its package. */
export function formatTriggers(packages: readonly Pick<ScriptSource, 'controlSha1' | 'triggers'>[]): string {
  return packages
    .flatMap(({ controlSha1, triggers }) => triggers.map((value) => `${checksumText(controlSha1)} ${value}\n`))
    .join('')
}
