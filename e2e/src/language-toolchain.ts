import { createHash } from 'node:crypto'
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
  ...['py3-build', 'py3-installer', 'py3-setuptools', 'python3-venv', 'ruby'],
  ...['golang-go', 'cargo', 'nodejs', 'npm'],
]
const PLACE = join(ROOT, '.quickstart/languages')
const TOOLCHAIN = join(PLACE, 'toolchain')
const STAMP = join(PLACE, 'stamp')

/** Flags that give a build the compilers and tools of several languages. */
export const LANGUAGE_FLAGS: readonly string[] = [
  '--repository-append',
  TOOLCHAIN,
  '--keyring-append',
  join(TOOLCHAIN, 'import.rsa.pub'),
]

/** Imports the toolchain from Debian packages, unless that was done by the same importer before. */
export async function makeLanguageToolchain(): Promise<void> {
  const identity = await identityOfImport()
  if (existsSync(STAMP) && (await readFile(STAMP, 'utf8')) === identity) return
  await mkdir(PLACE, { recursive: true })
  // What the quickstart has converted is not converted again.
  if (!existsSync(TOOLCHAIN)) await cp(join(MADE, 'toolchain'), TOOLCHAIN, { recursive: true })
  const places = ['--out-dir', TOOLCHAIN, '--download-dir', join(MADE, 'debs')]
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
