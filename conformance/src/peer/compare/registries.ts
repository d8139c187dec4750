import type { RegistryServer } from '../../../../packages/registry/test/registry-server.ts'
import { firstDifference } from '../../images/difference.ts'
import { imagesOf, withoutCompressor } from './images.ts'

/** First difference between what was pushed to two registries, whatever the compressor. */
export function compareRegistries(theirs: RegistryServer, ours: RegistryServer): string | undefined {
  return firstDifference('registry', contentsOf(theirs), contentsOf(ours))
}

function contentsOf({ tags, manifests, blobs, host }: RegistryServer): string {
  const lines = [...tags]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([tag, digest]) => {
      const repository = tag.slice(0, tag.lastIndexOf(':'))
      const content = (name: string) => manifests.get(`${repository} ${name}`) ?? blobs.get(`${repository} ${name}`)
      const index = content(digest)?.toString() ?? '{"manifests":[]}'
      const images = imagesOf(index, (hex) => content(`sha256:${hex}`))
      const documents = [index, ...images.images.flatMap(({ manifest, config }) => [manifest, config])]
      return withoutCompressor([tag, ...documents].join('\n'), [images])
    })
  return lines.join('\n').replaceAll(host, 'REGISTRY')
}
