/** What one look at the machine found. */
export interface Finding {
  /** Stable name, such as `runner.podman`. */
  readonly name: string
  /** `missing`: something cannot be done here. `limited`: it can, but slower or by another way. */
  readonly state: 'works' | 'limited' | 'missing'
  /** What was found, or why it does not work. */
  readonly detail: string
  /** How to get it; absent where nothing is to be done. */
  readonly hint?: string | undefined
}

export interface Machine {
  /** Environment of the host. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Directory whose file system holds workspaces and environments. */
  readonly temporary: string
  /** Root of the files that tell about the kernel; `/` on a real machine. */
  readonly root: string
  /** Node's name of the processor. */
  readonly arch: string
}
