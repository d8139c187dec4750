import { normalize } from 'node:path'
import { emitYaml, formatYaml } from '@apkts/config'
import type { JsonValue } from '@apkts/encoding'
import { packageName, packageVersion } from './names.ts'
import type { Project } from './project.ts'
import { buildSteps } from './steps.ts'

/** Where the sources of a recipe come from. */
export type Origin =
  | { readonly kind: 'archive'; readonly uri: string; readonly sha256: string }
  | { readonly kind: 'git'; readonly repository: string; readonly tag: string; readonly commit: string }
  /** As it was given. */
  | { readonly kind: 'directory'; readonly path: string }

export interface SkeletonFacts {
  readonly name: string
  /** As upstream writes it. */
  readonly version: string
  readonly project: Project
  readonly origin: Origin
  /** Licences found, one a file. */
  readonly licenses: readonly string[]
}

/** The text of a recipe that builds a project, as far as can be told from its sources; what must be looked at is said in front. */
export function recipeSkeleton(facts: SkeletonFacts): string {
  const { version, same } = packageVersion(facts.version)
  const name = packageName(facts.name)
  const description = (facts.project.description ?? '').replace(/\s+/g, ' ').replaceAll('${{', '$ {{').trim()
  const { packages, pipeline, test } = buildSteps(facts.project, { name, version: facts.version })
  const recipe: JsonValue = {
    package: {
      name,
      version,
      epoch: 0,
      description: description === '' ? undefined : description,
      copyright: copyright(facts.licenses),
    } as JsonValue,
    environment: { contents: { packages: [...packages] } },
    pipeline: [...sourceStep(facts.origin, facts.version, same), ...pipeline],
    ...(test.length > 0 && { test: { pipeline: test } }),
    update: { enabled: false },
  }
  const notes = notesOf(facts, same).map((note) => `# ${note}\n`)
  return formatYaml({ file: `${name}.yaml`, text: `${notes.join('')}\n${emitYaml(recipe, { indent: 2 })}` })
}

// The texts of the GNU licences do not say whether later versions may be used.
function copyright(licenses: readonly string[]): JsonValue {
  const names = [...new Set(licenses)].map((name) => (/^[AL]?GPL-[\d.]+$/.test(name) ? `${name}-or-later` : name))
  return names.length === 0 ? [{ license: 'NOASSERTION' }] : names.map((license) => ({ license }))
}

function sourceStep(origin: Origin, version: string, same: boolean): JsonValue[] {
  const withVersion = (text: string): string => (same ? withVariable(text, version) : text)
  if (origin.kind === 'archive') {
    return [{ uses: 'fetch', with: { uri: withVersion(origin.uri), 'expected-sha256': origin.sha256 } }]
  }
  if (origin.kind === 'directory') return []
  const { repository, tag, commit } = origin
  return [
    {
      uses: 'git-checkout',
      with: { repository, ...(tag !== '' && { tag: withVersion(tag) }), 'expected-commit': commit },
    },
  ]
}

/** The version as a variable, in what stands behind a host. */
function withVariable(text: string, version: string): string {
  const [, host = '', path = ''] = /^(\w+:\/\/[^/]*)?(.*)$/s.exec(text) ?? []
  const escaped = version.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return host + path.replace(new RegExp(`(?<![0-9.])${escaped}(?![0-9]|\\.[0-9])`, 'g'), () => '${{package.version}}')
}

function sourcesNote(path: string): string {
  if (normalize(path) === '.') return 'Its sources are in the directory where it is built.'
  return `Its sources are in ${path}: build it with --source-dir ${path}`
}

function notesOf({ licenses, origin, project, version }: SkeletonFacts, same: boolean): string[] {
  const gnu = licenses.some((name) => /GPL/.test(name))
  return [
    'A first draft. Look at the description, the licence, and the packages that the build needs.',
    ...(licenses.length === 0 ? ['No licence text was recognised: say which it is under copyright.'] : []),
    ...(gnu ? ['Licence texts do not tell "only" from "or later": the headers of the sources do.'] : []),
    ...(origin.kind === 'directory' ? [sourcesNote(origin.path)] : []),
    ...(same ? [] : [`Upstream calls the version ${JSON.stringify(version)}.`]),
    ...(project.system === 'make' ? ['No build system was recognised but make: see what its targets want.'] : []),
  ]
}
