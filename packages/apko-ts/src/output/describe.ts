import { formatBytes } from '@apkts/diagnostics/cli'
import { platformName } from '@apkts/oci'
import type { BuiltImages } from '../build/build-images.ts'
import type { ImageTarget } from './target.ts'

/** One line about what was built: where it is, for which platforms, how large, under which digest. */
export function describeImages({ index }: BuiltImages, target: ImageTarget): string {
  const platforms = index.images.map(({ platform }) => platformName(platform)).join(', ')
  const bytes = index.images.flatMap(({ layers }) => layers).reduce((sum, { size }) => sum + size, 0)
  return `built ${target.path} (${platforms}; ${formatBytes(bytes)} of layers; index ${index.document.digest})`
}
