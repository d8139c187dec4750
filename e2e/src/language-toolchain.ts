import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { oursFine, ROOT } from './commands.ts'
import { MADE } from './quickstart.ts'

/** Debian packages of the tools that built-in pipelines call. */
const WANTED = [
  ...['build-base', 'busybox', 'scanelf', 'wolfi-base', 'ca-certificates-bundle', 'git', 'wget'],
  ...['autoconf', 'automake', 'libtool', 'cmake', 'ninja', 'meson', 'perl'],
  ...['py3-build', 'py3-installer', 'py3-setuptools', 'py3-wheel', 'python3-venv', 'ruby'],
  ...['golang-go', 'cargo', 'nodejs', 'npm'],
]
const PLACE = join(ROOT, '.quickstart/languages')
export const LANGUAGE_TOOLCHAIN = join(PLACE, 'toolchain')
const STAMP = join(PLACE, 'stamp')

/** Flags that give a build the compilers and tools of several languages. */
export const LANGUAGE_FLAGS: readonly string[] = [
  '--repository-append',
  LANGUAGE_TOOLCHAIN,
  '--keyring-append',
  join(LANGUAGE_TOOLCHAIN, 'import.rsa.pub'),
]

/** Imports the toolchain from Debian packages, unless that was done by the same importer before. */
export async function makeLanguageToolchain(): Promise<void> {
  await mkdir(PLACE, { recursive: true })
  await alone(join(PLACE, 'lock'), importUnlessDone)
}

/** Does something while no other process does it under the same lock; the lock goes with this process. */
async function alone(lock: string, work: () => Promise<void>): Promise<void> {
  const holder = execa('flock', [lock, 'sh', '-c', 'echo; read -r _'], { reject: false })
  await Promise.race([once(holder.stdout, 'data'), holder])
  try {
    await work()
  } finally {
    holder.stdin.end()
    await holder
  }
}

async function importUnlessDone(): Promise<void> {
  const identity = await identityOfImport()
  if (existsSync(STAMP) && (await readFile(STAMP, 'utf8')) === identity) return
  // What the quickstart has converted is not converted again.
  if (!existsSync(LANGUAGE_TOOLCHAIN)) await cp(join(MADE, 'toolchain'), LANGUAGE_TOOLCHAIN, { recursive: true })
  const places = ['--out-dir', LANGUAGE_TOOLCHAIN, '--download-dir', join(MADE, 'debs')]
  const importThem = () =>
    oursFine('melange-ts', ['import', 'deb', ...WANTED, '--arch', 'x86_64', ...places], { cwd: PLACE })
  try {
    await importThem()
  } catch (error) {
    if (process.getuid?.() !== 0) throw error
    // Mirrors drop old versions; lists that still name them are the usual reason.
    await execa('apt-get', ['update', '-qq'])
    await importThem()
  }
  await writeFile(STAMP, identity)
}

async function identityOfImport(): Promise<string> {
  const hash = createHash('sha256').update(WANTED.join(' '))
  const sources = join(ROOT, 'packages/melange-ts/src/import-deb')
  for (const name of (await readdir(sources)).sort()) hash.update(await readFile(join(sources, name)))
  return hash.digest('hex')
}
