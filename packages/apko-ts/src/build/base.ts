import { type BaseImageRef, platformOf } from '@apkts/config'
import { type BaseImage, readBaseImage } from '@apkts/registry'
import { type Lookup, locateBase, readBaseDatabase } from '../environment/base-packages.ts'

/** The image another one is built upon, for one architecture. */
export interface BaseFacts {
  readonly image: BaseImage
  /** Text of its installed database. */
  readonly installed: string
}

/** Opens the base image of every architecture (OCI names). Throws `ApkoError` `BASE_IMAGE` or `RegistryError`. */
export async function openBases(
  ref: BaseImageRef,
  archs: readonly string[],
  lookup: Lookup,
): Promise<Map<string, BaseFacts>> {
  const directory = await locateBase(ref.image, lookup)
  const open = async (arch: string): Promise<[string, BaseFacts]> => {
    const installed = await readBaseDatabase(ref, arch, lookup)
    return [arch, { installed, image: await readBaseImage(directory, platformOf(arch)) }]
  }
  return new Map(await Promise.all(archs.map(open)))
}
