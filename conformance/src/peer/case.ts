/** What both programs are given. Plain JSON, so that a case can be saved, made smaller and run again. */
export interface PeerCase {
  readonly kind: string
  readonly seed: number
  /** Text of files by their path; a value that is no text is written as JSON. */
  readonly files: Readonly<Record<string, unknown>>
  /**
   * Command lines, run one after the other in the directory of the inputs. `{out}` is a directory of each program,
   * `{shared}` one of both; `{http}` or `{login}`, here and in files, the address of a server of the inputs without and with
   * credentials, and `{registry}` that of a
   * registry of each program.
   */
  readonly commands: readonly (readonly string[])[]
  readonly env: Readonly<Record<string, string>>
  readonly repositories: readonly RepositorySpec[]
  readonly server?: ServerSpec
  /** Ours is run before the original: what it leaves in `{shared}` is used by that. */
  readonly oursFirst?: boolean
}

export interface ServerSpec {
  /** Default `strong`. */
  readonly etag?: 'none' | 'strong' | 'weak' | 'bare'
  /** `user:password` that every request must have. */
  readonly password?: string
  readonly redirects?: boolean
  /** What is answered for paths that end so. */
  readonly status?: readonly { readonly suffix: string; readonly status: number }[]
}

export interface RepositorySpec {
  /** Directory relative to that of the inputs. */
  readonly path: string
  /** In repository spelling. */
  readonly archs: readonly string[]
  /** How the index is signed; absent for an unsigned one. */
  readonly key?: string
  readonly packages: readonly PackageSpec[]
}

export interface PackageSpec {
  readonly name: string
  readonly version: string
  /** Only in the repository of this architecture. */
  readonly onlyArch?: string
  /** As the package and its record say; that of the repository when absent. */
  readonly arch?: string
  readonly signed?: boolean
  /** Lines of `.PKGINFO` in order, beside name, version and architecture. */
  readonly fields: readonly (readonly [key: string, value: string])[]
  /** Only in the index. */
  readonly installIf?: readonly string[]
  readonly entries: readonly EntrySpec[]
  readonly scripts: readonly ScriptSpec[]
}

export interface ScriptSpec {
  readonly name: string
  readonly text: string
  readonly mode: number
}

export interface EntrySpec {
  readonly path: string
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink' | 'character-device' | 'fifo'
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  readonly uname?: string
  readonly mtime?: number
  /** Content of a file; `base64:…` for bytes. */
  readonly text?: string
  readonly link?: string
  readonly xattrs?: Readonly<Record<string, string>>
  /** How the checksum record is written; `hex` when absent. */
  readonly checksum?: 'hex' | 'Q1' | 'none' | 'wrong'
}

/** What one program did with one command of a case. */
export interface Outcome {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Time of everything that a case says nothing about, in seconds since 1970. */
export const CASE_TIME = 1_700_000_000
