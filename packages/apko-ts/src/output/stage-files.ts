import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ownedName, removeAbandoned } from '@apkts/cache'

export interface OutputFile {
  readonly name: string
  readonly text: string
}

/** Files written under temporary names, to be given their own all at once. */
export interface StagedFiles {
  publish(): Promise<void>
  /** Removes what was not published. */
  discard(): Promise<void>
}

/** Writes files into a directory under temporary names beside their own. Nothing is left behind on failure. */
export async function stageFiles(directory: string, files: readonly OutputFile[]): Promise<StagedFiles> {
  await removeAbandoned(directory)
  const staged: { readonly temporary: string; readonly path: string }[] = []
  const discard = async (): Promise<void> => {
    for (const { temporary } of staged) await rm(temporary, { force: true })
  }
  try {
    for (const { name, text } of files) {
      const temporary = join(directory, ownedName())
      staged.push({ temporary, path: join(directory, name) })
      await writeFile(temporary, text, { flag: 'wx' })
    }
  } catch (error) {
    await discard()
    throw error
  }
  return {
    publish: async () => {
      for (const { temporary, path } of staged) await rename(temporary, path)
    },
    discard,
  }
}
