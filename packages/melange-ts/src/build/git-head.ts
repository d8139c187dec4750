import { dirname, join, resolve } from 'node:path'
import { execa } from 'execa'

/** Commit of the git repository that a recipe lies in; undefined when there is none, or no git. */
export async function recipeCommit(recipe: string): Promise<string | undefined> {
  const directory = dirname(resolve(recipe))
  const result = await execa('git', ['-C', join(directory), 'rev-parse', '--verify', 'HEAD'], { reject: false })
  const commit = typeof result.stdout === 'string' ? result.stdout.trim() : ''
  return result.exitCode === 0 && /^[0-9a-f]{40,64}$/.test(commit) ? commit : undefined
}
