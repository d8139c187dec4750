import { readFile } from 'node:fs/promises'
import { delimiter } from 'node:path'
import { execa } from 'execa'
import { SandboxError } from '../error.ts'
import { findProgram } from '../find-program.ts'
import { PLACES } from './agent.ts'
import type { InitramfsFiles } from './initramfs.ts'

/** Programs of the host that work in the machine, and their Debian packages. */
const INSIDE = { busybox: 'busybox-static', bwrap: 'bubblewrap', setpriv: 'util-linux' } as const
/** Programs that work beside it. */
const BESIDE = { mke2fs: 'e2fsprogs', ldd: 'libc-bin' } as const
/** Where programs for administrators lie, which are not on everybody's path. */
const SYSTEM_DIRECTORIES = ['/usr/sbin', '/sbin']
/** Parts of busybox that builds for small systems leave out. */
const APPLETS = ['base64', 'head', 'insmod', 'ip', 'mount', 'poweroff', 'setsid', 'stat', 'stty', 'switch_root']

type ToolName = keyof typeof INSIDE | keyof typeof BESIDE
export type HostTools = Readonly<Record<ToolName, string>>

/** The programs that the runner takes from the host. @throws SandboxError `RUNNER_MISSING` names those that are not there. */
export async function findHostTools(path: string): Promise<HostTools> {
  const packages = { ...INSIDE, ...BESIDE }
  const names = Object.keys(packages) as ToolName[]
  const found = names.map((name) => [name, findProgram(name, searchPath(path))] as const)
  const missing = found.filter(([, file]) => file === undefined).map(([name]) => name)
  if (missing.length > 0)
    throw toolsMissing(
      missing.map((name) => packages[name]),
      missing.join(', '),
    )
  const tools = Object.fromEntries(found) as HostTools
  const lacking = await missingApplets(tools.busybox)
  if (lacking.length > 0) throw toolsMissing([INSIDE.busybox], `busybox with ${lacking.join(', ')}`)
  return tools
}

function searchPath(path: string): string {
  return [path, ...SYSTEM_DIRECTORIES].join(delimiter)
}

async function missingApplets(busybox: string): Promise<string[]> {
  const { stdout } = await execa(busybox, ['--list'], { reject: false, extendEnv: false })
  const applets = new Set(stdout.split('\n'))
  return APPLETS.filter((name) => !applets.has(name))
}

function toolsMissing(packages: readonly string[], what: string): SandboxError {
  return new SandboxError(
    'RUNNER_MISSING',
    `guests of qemu need programs of this machine that were not found: ${what}`,
    {
      hint: `install them: apt-get install ${[...new Set(packages)].join(' ')} (Debian, Ubuntu)`,
    },
  )
}

/** The programs that work in the machine, with the libraries they are linked with at their places. */
export async function toolFiles(tools: HostTools): Promise<InitramfsFiles> {
  const files = new Map<string, Uint8Array | string>([['bin/sh', 'busybox']])
  for (const name of Object.keys(INSIDE) as (keyof typeof INSIDE)[]) {
    const place = name === 'busybox' ? '/bin' : PLACES.programs
    files.set(`${place}/${name}`.slice(1), await readFile(tools[name]))
    for (const library of await libraries(tools[name], tools.ldd)) {
      if (!files.has(library.slice(1))) files.set(library.slice(1), await readFile(library))
    }
  }
  return files
}

/** Absolute paths; none for a program that is linked statically, of which ldd says so by failing. */
async function libraries(program: string, ldd: string): Promise<string[]> {
  const { stdout } = await execa(ldd, [program], { reject: false, extendEnv: false })
  return linkedLibraries(stdout)
}

/** Paths in what `ldd` prints. */
export function linkedLibraries(text: string): string[] {
  return text.split('\n').flatMap((line) => /(?:^|=>)\s*(\/\S+) \(0x/.exec(line)?.[1] ?? [])
}
