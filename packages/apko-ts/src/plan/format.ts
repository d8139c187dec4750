import { formatBytes } from '@apkts/diagnostics/cli'
import type { PlannedImage } from './build-plan.ts'
import type { PlannedLayer } from './layers.ts'
import { type PlannedPackage, totalOf } from './packages.ts'

const SOURCES = { remote: 'download', cache: 'cached', local: 'local' } as const

/** A plan for people: per architecture what comes from where, then its layers, then what is downloaded in all. */
export function formatPlan(images: readonly PlannedImage[]): string {
  const total = downloads(images)
  return [
    ...images.flatMap((image) => [...packageLines(image), ...layerLines(image)]),
    `to download in all: ${total.packages} packages, ${formatBytes(total.bytes)}`,
    '',
  ].join('\n')
}

/** The same for programs. */
export function planJson(images: readonly PlannedImage[]): object {
  return {
    images: images.map(({ arch, packages, layers }) => ({
      arch,
      packages: packages.map(({ source, ...item }) => ({ ...item, source: SOURCES[source] })),
      ...(layers === undefined
        ? {}
        : { layers: layers.map(({ packages: names, state, facts }) => ({ packages: names, state, ...pick(facts) })) }),
    })),
    download: downloads(images),
  }
}

function downloads(images: readonly PlannedImage[]): { readonly packages: number; readonly bytes: number } {
  // Architectures may share a file, such as one of a noarch repository.
  const all = images.flatMap(({ packages }) => packages)
  return totalOf([...new Map(all.map((item) => [item.url, item])).values()], 'remote')
}

function packageLines({ arch, packages }: PlannedImage): string[] {
  const counts = (['remote', 'cache', 'local'] as const).map((source) => ({ source, ...totalOf(packages, source) }))
  const parts = counts
    .filter((count) => count.packages > 0)
    .map(({ source, packages: n, bytes }) => `${n} ${SOURCES[source]} (${formatBytes(bytes)})`)
  return [`${arch}: ${packages.length} packages: ${parts.join(', ')}`, ...packages.map(packageLine)]
}

function packageLine({ name, version, source, size, url }: PlannedPackage): string {
  const bytes = size === undefined ? '?' : formatBytes(size)
  const place = source === 'cache' ? '' : `  ${url}`
  return `  ${SOURCES[source].padEnd(8)}  ${bytes.padStart(9)}  ${name}-${version}${place}`
}

function layerLines({ arch, layers = [] }: PlannedImage): string[] {
  if (layers.length === 0) return []
  return [`${arch}: ${layers.length === 1 ? '1 layer' : `${layers.length} layers`}`, ...layers.map(layerLine)]
}

const STATES = { cached: 'cached', make: 'make', unknown: 'make?' } as const

function layerLine({ packages, state, facts }: PlannedLayer): string {
  const bytes = facts === undefined ? '' : formatBytes(facts.size)
  const names = packages.length === 0 ? 'everything that belongs to no package' : packages.join(' ')
  return `  ${STATES[state].padEnd(8)}  ${bytes.padStart(9)}  ${names}`
}

function pick(facts: PlannedLayer['facts']): object {
  return facts === undefined ? {} : { digest: facts.digest, diffId: facts.diffId, size: facts.size }
}
