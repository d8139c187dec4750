const LICENSE = '(?:un)?licen[sc]e'
const COPYING = 'copy(?:ing|right)'
const EXTENSION = '\\.[^./]+'

/** Names of licence files with the weight each has, heaviest first (the rules of the `licensee` project). */
const PATTERNS: readonly (readonly [RegExp, number])[] = (
  [
    [LICENSE, 1],
    [COPYING, 0.9],
    [`${LICENSE}${EXTENSION}`, 0.8],
    [`${COPYING}${EXTENSION}`, 0.75],
    [`${LICENSE}[-_][^.]*(?:${EXTENSION})?`, 0.7],
    [`${COPYING}[-_][^.]*(?:${EXTENSION})?`, 0.65],
    [`\\w+[-_]${LICENSE}[^.]*(?:${EXTENSION})?`, 0.6],
    [`\\w+[-_]${COPYING}[^.]*(?:${EXTENSION})?`, 0.55],
    [`ofl${EXTENSION}`, 0.45],
    ['ofl', 0.4],
    ['patents', 0.35],
    [`patents${EXTENSION}`, 0.3],
  ] as const
).map(([source, weight]) => [new RegExp(`^${source}$`, 'i'), weight])

const EXCLUDED_DIRECTORIES: ReadonlySet<string> = new Set([
  '.virtualenv',
  'env',
  'node_modules',
  'rust-src',
  'rustc-src',
  'venv',
])
const EXCLUDED_EXTENSIONS: ReadonlySet<string> = new Set(['.xml', '.go', '.gemspec', '.spdx', '.header'])
const TOP_LEVEL_BONUS = 0.5

/** How much a path looks like a licence file, by its name; undefined when it does not. */
export function licenseWeight(path: string): number | undefined {
  const parts = withoutVersion(path).split('/')
  if (parts.some((part) => EXCLUDED_DIRECTORIES.has(part))) return undefined
  const weight = nameWeight(parts.at(-1)!)
  return weight === undefined || parts.length > 1 ? weight : weight + TOP_LEVEL_BONUS
}

/** True when a file is called like a licence, wherever it lies. */
export function isLicenseName(path: string): boolean {
  return nameWeight(withoutVersion(path).split('/').at(-1)!) !== undefined
}

// `foo-1.2.3-LICENSE` is a licence of a certain version.
function withoutVersion(path: string): string {
  return path.replace(/-\d+\.\d+\.\d+-/, '-')
}

function nameWeight(name: string): number | undefined {
  const dot = name.lastIndexOf('.')
  if (dot >= 0 && EXCLUDED_EXTENSIONS.has(name.slice(dot).toLowerCase())) return undefined
  return PATTERNS.find(([pattern]) => pattern.test(name))?.[1]
}
