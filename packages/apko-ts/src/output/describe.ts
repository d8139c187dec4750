import { formatBytes } from '@apkts/diagnostics/cli'
import { platformName } from '@apkts/oci'
import type { BuiltImages } from '../build/build-images.ts'

/** One line about what was built: where it is, for which platforms, how large, under which digest. */
export function describeImages({ index }: BuiltImages, place: string): string {
  const platforms = index.images.map(({ platform }) => platformName(platform)).join(', ')
  const bytes = index.images.flatMap(({ layers }) => layers).reduce((sum, { size }) => sum + size, 0)
  return `built ${place} (${platforms}; ${formatBytes(bytes)} of layers; index ${index.document.digest})`
}
