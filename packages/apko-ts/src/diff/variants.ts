import { parseArch, platformOf } from '@apkts/config'
import type { Digest } from '@apkts/encoding'
import { platformName } from '@apkts/oci'
import type { SourceImage } from '@apkts/registry'
import type { FileFacts } from './files/facts.ts'
import { type LayerItem, readLayer } from './files/layer.ts'
import { LayerStack } from './files/stack.ts'
import { type PackageFacts, packageOfLock, packagesOf } from './packages/facts.ts'
import { imageSettings } from './settings/image.ts'
import type { Subject } from './subject.ts'

/** One platform of a subject. */
export interface Variant {
  /** OCI name of the architecture, such as `arm64` or `arm/v7`. */
  readonly platform: string
  /** Digest of an image's configuration: what docker calls the image ID. */
  readonly id?: Digest
  /** Reads what is in it. `layers` holds layers that were read already, by diff ID. */
  load(layers: LayerMemory): Promise<Contents>
}

/** What is in one platform of a subject; files and settings are those of an image. */
export interface Contents {
  readonly packages: readonly PackageFacts[]
  readonly files?: ReadonlyMap<string, FileFacts>
  readonly owners: ReadonlyMap<string, string>
  readonly settings?: object
}

export type LayerMemory = Map<Digest, Promise<LayerItem[]>>

/** The platforms of a subject, in its order; none for a configuration. */
export function variantsOf(subject: Subject): Variant[] {
  if (subject.kind === 'config') return []
  if (subject.kind === 'image') return subject.source.images.map(imageVariant)
  const { packages } = subject.lock
  return [...new Set(packages.map(({ architecture }) => architecture))].map((architecture) => ({
    platform: platformName(platformOf(parseArch(architecture))),
    load: async () => ({
      packages: packages.filter((locked) => locked.architecture === architecture).map(packageOfLock),
      owners: new Map(),
    }),
  }))
}

function imageVariant(image: SourceImage): Variant {
  const { architecture, variant } = image.platform
  // Some builders say the only variant that there is.
  const platform = architecture === 'arm64' && variant === 'v8' ? { ...image.platform, variant: '' } : image.platform
  return {
    platform: platformName(platform),
    id: image.id,
    async load(layers) {
      const stack = new LayerStack()
      for (const layer of image.layers) {
        const read = layers.get(layer.diffId) ?? readLayer(layer)
        layers.set(layer.diffId, read)
        stack.add(await read)
      }
      const { files, contents } = stack.finish()
      return { ...packagesOf(contents), files, settings: imageSettings(image) }
    },
  }
}
