import { decompressModule, kernelVersion, moduleVersion, readContentFully } from '@apkts/archive'
import type { Findings, Subject } from './types.ts'

const MODULE_TREES = ['lib/modules/', 'usr/lib/modules/']
const KERNEL_TREES = ['boot/', ...MODULE_TREES]
/** No kernel or module comes near this size; larger files there are something else. */
const MAX_SIZE = 1 << 30

/** Linux: the kernels a package ships, and the kernel its modules were made for. */
export async function findKernels({ tree }: Subject, { runtime, provides }: Findings): Promise<void> {
  for (const { type, path, content } of tree.entries) {
    const isIn = (trees: readonly string[]): boolean => trees.some((directory) => path.startsWith(directory))
    const size = content.kind === 'file' ? content.size : content.bytes.length
    if (type !== 'file' || !isIn(KERNEL_TREES) || size > MAX_SIZE) continue
    const bytes = await readContentFully(content, MAX_SIZE)
    const kernel = kernelVersion(bytes)
    if (kernel !== undefined) provides.add(`linux:${kernel}`)
    const module = isIn(MODULE_TREES) ? moduleVersion(await decompressModule(bytes, MAX_SIZE)) : undefined
    if (module !== undefined) runtime.add(`linux:${module}`)
  }
}
