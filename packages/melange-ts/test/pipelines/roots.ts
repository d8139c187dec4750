import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Shell } from './row.ts'

/** Programs of this machine that guests get beside busybox, each with the libraries it needs. */
const REAL = ['bash', 'find', 'git', 'install', 'patch'] as const
/** Parts of git that are programs of their own. */
const GIT_PARTS = ['git-submodule', 'git-sh-setup', 'git-sh-i18n', 'git-sh-i18n--envsubst', 'git-mergetool--lib']
const FOLDERS = [
  'dev',
  'etc',
  'home/build',
  'proc',
  'record',
  'root',
  'srv',
  'sys',
  'tmp',
  'usr/bin',
  'usr/sbin',
  'var/cache',
]

/** Those of the programs that guests are made of which this machine lacks. */
export function missingPrograms(): string[] {
  return ['bwrap', 'busybox', ...REAL].filter((name) => pathOf(name) === undefined)
}

export interface Roots {
  /** Directory of the root whose `/bin/sh` that is. */
  root(shell: Shell): string
  /** Programs that busybox has inside. */
  readonly applets: ReadonlySet<string>
  remove(): void
}

/** Two small root file systems, of busybox, git and patch: one whose `/bin/sh` is busybox, one where it is bash. */
export function makeRoots(): Roots {
  const directory = mkdtempSync(join(tmpdir(), 'pipeline-roots-'))
  const applets = execFileSync(pathOf('busybox')!, ['--list'], { encoding: 'utf8' }).trim().split('\n')
  for (const shell of ['busybox', 'bash'] as const) makeRoot(join(directory, shell), shell, applets)
  return {
    applets: new Set(applets),
    root: (shell) => join(directory, shell),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}

function makeRoot(root: string, shell: Shell, applets: readonly string[]): void {
  for (const folder of [...FOLDERS, 'bin', 'usr/lib/git-core']) mkdirSync(join(root, folder), { recursive: true })
  copyProgram(pathOf('busybox')!, join(root, 'bin/busybox'), root)
  for (const name of REAL) copyProgram(pathOf(name)!, join(root, 'bin', name), root)
  for (const name of applets) {
    if (name !== 'sh' && !existsSync(join(root, 'bin', name))) symlinkSync('busybox', join(root, 'bin', name))
  }
  symlinkSync(shell, join(root, 'bin/sh'))
  writeFileSync(join(root, 'etc/profile'), '')
  completeGit(root)
}

function completeGit(root: string): void {
  const core = execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim()
  const target = join(root, core)
  mkdirSync(target, { recursive: true })
  for (const name of GIT_PARTS) if (existsSync(join(core, name))) cpSync(join(core, name), join(target, name))
  for (const name of ['git', 'git-upload-pack', 'git-receive-pack']) symlinkSync('/bin/git', join(target, name))
}

function copyProgram(source: string, target: string, root: string): void {
  cpSync(realpathSync(source), target)
  for (const library of librariesOf(source)) {
    const place = join(root, library)
    mkdirSync(dirname(place), { recursive: true })
    if (!existsSync(place)) cpSync(realpathSync(library), place)
  }
}

/** Absolute paths of the shared libraries of a program; none for a static one. */
function librariesOf(program: string): string[] {
  try {
    const listed = execFileSync('ldd', [realpathSync(program)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return [...listed.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)].map((found) => found[1]!)
  } catch {
    return []
  }
}

function pathOf(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(':').concat('/usr/bin', '/bin')
  return folders.map((folder) => join(folder, basename(name))).find((path) => existsSync(path))
}
