import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { toApkArch } from '@apkts/config'
import type { CommandContext } from '@apkts/diagnostics/cli'
import { isRemote, openRepositories, type RepositoryClient, RepositoryError } from '@apkts/repository'
import { fullVersion } from '../build/package-sbom.ts'
import { loadRecipe } from '../recipe/load.ts'
import { type ScannedPackage, scanPackages } from '../scan/scan.ts'
import { unifiedDiff } from '../text/unified-diff.ts'

export async function run(context: CommandContext): Promise<number> {
  const { args, options, log, env, signal, print } = context
  const recipe = await loadRecipe(args[0]!, { log })
  const client = openRepositories({ keys: new Map(), env, signal, log })
  let different = false
  try {
    for (const arch of options.list('arch').map(toApkArch)) {
      const directory = `${options.string('repository-append').replace(/\/$/, '')}/${arch}`
      const scanned = await scanPackages(recipe, {
        arch,
        namespace: options.string('namespace'),
        readPackage: (file) =>
          readPackage(`${directory}/${file}`, client, {
            context,
            main: `${recipe.package.name}-${fullVersion(recipe)}.apk`,
          }),
        warn: (message) => log.warn(message),
      })
      for (const found of scanned.filter(({ name }) => ['', name].includes(options.string('package')))) {
        const text = options.flag('diff') ? difference(found, args[0]!, options.flag('comments')) : found.after
        different ||= options.flag('diff') && text !== ''
        print(text)
      }
    }
  } finally {
    await client.close()
  }
  return different ? 1 : 0
}

function difference({ file, before, after }: ScannedPackage, recipe: string, comments: boolean): string {
  const comparable = (text: string): string => (comments ? text : text.replace(/^#.*\n/gm, ''))
  return unifiedDiff({ name: file, text: comparable(before) }, { name: recipe, text: comparable(after) })
}

/** A subpackage that a remote repository does not have is passed over; any other missing package is an error. */
async function readPackage(
  location: string,
  client: RepositoryClient,
  { context, main }: { context: CommandContext; main: string },
): Promise<Uint8Array | undefined> {
  try {
    return isRemote(location) ? await client.fetchBytes(location) : await readFile(location)
  } catch (error) {
    if (!(error instanceof RepositoryError) || basename(location) === main) throw error
    context.log.warn(`${location} is not there: passed over`)
    return undefined
  }
}
