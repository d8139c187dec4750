/** The umask that steps, environments and workspaces are made with: what a package holds must not depend on its builder's. */
const FIXED = 0o022

let callers: number | undefined

/** Gives this process, and the steps it starts, the umask of all builds. Directories of packages keep to the caller's. */
export function fixUmask(): void {
  callers ??= process.umask(FIXED)
}

/** Mode of a new directory for packages: no more open than the caller wants, so that packages in it are not, either. */
export function packageDirectoryMode(): number {
  return 0o777 & ~(callers ?? process.umask())
}
