import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { adaptBundle, runBundle } from './bundle.ts'
import { ROOT, temporaryDirectory } from './commands.ts'
import { type PageRun, runPage, runScript } from './page.ts'

export const EXAMPLES = join(ROOT, 'examples')

/** An example and what must be true of what the commands of its README left in `home`. */
export interface Example {
  readonly name: string
  readonly holds: (home: string) => Promise<void>
}

export interface ExampleRun extends Omit<PageRun, 'home'> {
  /** Path → text of what else the reader has. */
  readonly files?: Readonly<Record<string, string>>
}

/** Runs the README of an example in a copy of its folder, with the imported toolchain; returns the folder. */
export async function runExample(
  name: string,
  toolchain: string,
  { files = {}, ...run }: ExampleRun = {},
): Promise<string> {
  const home = await temporaryDirectory()
  await cp(join(EXAMPLES, name), home, { recursive: true })
  await symlink(toolchain, join(home, 'toolchain'))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(home, path)), { recursive: true })
    await writeFile(join(home, path), text)
  }
  await runPage(`examples/${name}/README.md`, { home, ...run })
  return home
}

/** Unpacks image.tar to `home/bundle`. */
export async function unpack(home: string): Promise<void> {
  await runScript('skopeo copy -q --insecure-policy docker-archive:image.tar oci:layout:image', home)
  await unpackLayout(home)
}

/** Unpacks `layout:image` to `home/bundle`. */
export async function unpackLayout(home: string): Promise<void> {
  await runScript('umoci unpack --image layout:image bundle', home)
}

/** Runs what is in `home/bundle` to its end, with arguments of the test's own instead of those of the image, if there are some. */
export async function runUnpacked(home: string, args?: readonly string[]): Promise<string> {
  const bundle = join(home, 'bundle')
  await adaptBundle(bundle, [])
  if (args !== undefined) {
    const file = join(bundle, 'config.json')
    const config = JSON.parse(await readFile(file, 'utf8'))
    await writeFile(file, JSON.stringify({ ...config, process: { ...config.process, args } }))
  }
  return runBundle(bundle)
}
