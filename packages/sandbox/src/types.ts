/** A directory or file of the host shown inside the guest. */
export interface Mount {
  readonly source: string
  readonly target: string
  readonly readOnly?: boolean
}

/** Where commands find their secrets: a file per id, in memory, for as long as the command runs. */
export const SECRETS_DIRECTORY = '/run/secrets'

/** A file that only the command sees that was given it. */
export interface Secret {
  /** Name of the file. */
  readonly id: string
  readonly bytes: Uint8Array
}

/** The user a guest's processes run as, inside a user namespace of its own. */
export interface GuestUser {
  readonly uid: number
  /** The uid when absent. */
  readonly gid?: number | undefined
}

/** A directory made of layers: what is written goes to the upper one, the others stay as they are. */
export interface Overlay {
  /** Topmost first. */
  readonly lower: readonly string[]
  readonly upper: string
  /** Empty directory on the file system of `upper`, for the kernel. */
  readonly work: string
  /** Where the result is to be seen: an empty directory. */
  readonly at: string
}

/** What a guest asks for where it has a machine of its own, as recipes write it; empty for the runner's own default. */
export interface GuestResources {
  readonly cpu: string
  readonly cpuModel: string
  readonly memory: string
  readonly disk: string
}

/** A root file system on disk and how processes inside it see the world. */
export interface Guest {
  /** Absolute path of the guest's root directory. */
  readonly root: string
  /** True when others use that directory, too: nothing may be written to it. */
  readonly rootShared?: boolean | undefined
  /** Prefix of commands that lets them see what is mounted for them alone: see `mountOverlays`. */
  readonly enter?: readonly string[] | undefined
  /** The root directory as this process sees it, where that is another name than theirs. */
  readonly rootSeen?: string | undefined
  /** In the order in which they are mounted. */
  readonly mounts: readonly Mount[]
  readonly environment: Readonly<Record<string, string>>
  /** Absent: the runner's own default. */
  readonly user?: GuestUser | undefined
  /** Full names such as `CAP_NET_ADMIN`, beyond and from the default set. */
  readonly capabilities: { readonly add: readonly string[]; readonly drop: readonly string[] }
  /** False cuts the guest off from every network. */
  readonly networking: boolean
  /** Platform of the guest's programs, such as `linux/arm64`; absent for this machine's. */
  readonly platform?: string | undefined
  readonly resources?: GuestResources | undefined
}

/** A command for a guest. */
export interface Command {
  readonly argv: readonly string[]
  /** Laid over the guest's environment. */
  readonly environment?: Readonly<Record<string, string>>
  /** Shown to this command alone, below `SECRETS_DIRECTORY`. */
  readonly secrets?: readonly Secret[]
  /** Receives every line, as it comes, without its newline. The order between the two streams is not kept. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void
  /** Kills the command with all its descendants. */
  readonly signal?: AbortSignal | undefined
}

/** How a command ended: `exitCode` or `signal`, and `aborted` when our own signal was the reason. */
export interface Exit {
  readonly exitCode: number | undefined
  readonly signal: string | undefined
  readonly aborted: boolean
}

/** The runners by name. */
export type RunnerName = 'bubblewrap' | 'docker' | 'podman' | 'qemu'

/** How a runner works here. */
export interface Usability {
  /** What it works with; empty when there is nothing to tell. */
  readonly detail?: string
  /** Why it works, but slowly. */
  readonly slow?: string | undefined
  /** What the user asked for without effect. */
  readonly warnings?: readonly string[]
}

/** Runs commands inside a guest. */
export interface Runner {
  readonly name: RunnerName
  /** True when what commands write to the guest's root lies in `guest.root`, for others to look at. */
  readonly rootOnDisk: boolean
  /** Throws a `SandboxError` that says why this machine cannot run guests, and what to do about it. */
  checkUsable(): Promise<Usability>
  /** The first command of a guest starts what its root needs; files outside of mounts last until `stop`. */
  run(guest: Guest, command: Command): Promise<Exit>
  /** Runs a command attached to the terminal. */
  attach(guest: Guest, command: Pick<Command, 'argv' | 'environment' | 'secrets'>): Promise<Exit>
  /** Ends what runs for a guest. Does nothing when nothing does. */
  stop(guest: Guest): Promise<void>
}
