import type { ImageConfig } from '@apkts/config'
import { groupPackages } from '@apkts/oci'
import { ApkoError } from '../error.ts'
import { splitWords } from '../image/words.ts'

/** Refuses what a build could only find out at its very end: layering, commands that cannot be split. */
export function checkPlannable(config: ImageConfig): void {
  const { layering, entrypoint, contents } = config
  if (layering !== undefined && hasLayering(config)) {
    groupPackages([], layering)
    if (contents.baseImage !== undefined) {
      throw new ApkoError('LAYERING', 'layering does not work with a base image: only one layer is put on top of it')
    }
  }
  if (entrypoint.shellFragment === '') splitWords(entrypoint.command, 'entrypoint.command')
  splitWords(config.cmd, 'cmd')
}

/** True when the configuration asks for several layers. */
export function hasLayering({ layering }: ImageConfig): boolean {
  return layering !== undefined && (layering.strategy !== '' || layering.budget !== 0)
}
