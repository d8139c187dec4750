import type { CommandContext } from '@apkts/diagnostics/cli'
import { openRepositories } from '@apkts/repository'
import { pipelineDownloads, storeDownload } from '../build/fetch-cache.ts'
import { chosenArchs } from '../build/index.ts'
import { compileRecipe } from '../compile/compile.ts'
import { loadRecipe } from '../recipe/load.ts'

export async function run({ args, options, log, env, signal }: CommandContext): Promise<undefined> {
  const directory = options.string('cache-dir')
  if (directory.startsWith('gs://')) {
    log.warn(`${directory} is no directory: nothing is stored`)
    return
  }
  const recipe = await loadRecipe(args[0]!, { log })
  const arch = chosenArchs([options.string('arch')])[0]!
  const compiled = compileRecipe(recipe, { arch, pipelineDirs: options.list('pipeline-dirs'), log })
  const downloads = pipelineDownloads(compiled.pipeline)
  const client = openRepositories({ keys: new Map(), env, signal, log })
  try {
    for (const download of downloads) {
      if (download.uri.startsWith('gs://')) log.warn(`${download.uri}: cannot be fetched, passed over`)
      else {
        const names = await storeDownload(directory, download, client.stream(download.uri))
        log.info(`stored ${download.uri} as ${names.join(' and ')}`)
      }
    }
  } finally {
    await client.close()
  }
  if (downloads.length === 0) log.info(`${args[0]} fetches nothing`)
}
