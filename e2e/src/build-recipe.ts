import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { oursFine } from './commands.ts'

/** A recipe by name, and the files of its source directory. */
export interface Source {
  readonly name: string
  readonly recipe: object
  readonly files?: Readonly<Record<string, string>>
}

/** Builds a recipe below `cwd`; its packages are then in `cwd/packages`. */
export async function buildRecipe(
  { name, recipe, files = {} }: Source,
  cwd: string,
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const sources = join(cwd, name)
  await mkdir(sources, { recursive: true })
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(sources, path)), { recursive: true })
    await writeFile(join(sources, path), text, { mode: text.startsWith('#!') ? 0o755 : 0o644 })
  }
  // JSON is YAML.
  await writeFile(join(cwd, `${name}.yaml`), JSON.stringify({ package: packageSection(name), ...recipe }))
  const where = ['--arch', 'x86_64', '--source-dir', name, '--out-dir', 'packages', '--signing-key', 'own.rsa']
  await oursFine('melange-ts', ['build', `${name}.yaml`, ...where, '--generate-index=false', ...flags], { cwd, env })
}

function packageSection(name: string): object {
  return { name, version: '1.0', epoch: 0, description: name, copyright: [{ license: 'MIT' }] }
}

/** Files and links of a built package, sorted. */
export async function filesOf(name: string, cwd: string): Promise<string[]> {
  const { stdout } = await execa('tar', ['-tvzf', join(cwd, `packages/x86_64/${name}-1.0-r0.apk`)])
  return stdout
    .split('\n')
    .filter((line) => !line.startsWith('d'))
    .map((line) => line.split(/ +/)[5] ?? '')
    .filter((path) => !path.startsWith('.') && !path.startsWith('var/lib/db/sbom'))
    .sort()
}
