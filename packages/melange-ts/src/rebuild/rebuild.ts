import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { parse } from 'yaml'
import { type BuildOptions, buildForArch, packageDirectoryMode } from '../build/index.ts'
import { type Comparison, comparePackages } from './compare.ts'
import { type BuildRecord, RebuildError, readRecord } from './record.ts'

/** What the caller decides; the rest is in the package. */
export type RebuildOptions = Omit<
  BuildOptions,
  | 'recipe'
  | 'record'
  | 'arch'
  | 'commit'
  | 'repositoryUrl'
  | 'namespace'
  | 'license'
  | 'buildDate'
  | 'stripOriginName'
  | 'tool'
>

export interface Rebuilt {
  readonly file: string
  readonly made: string
  readonly comparison: Comparison
}

/**
 * Builds a package again from its own record, and compares.
 * @throws RebuildError for a package that has none, or whose record does not make it any more.
 */
export async function rebuildPackage(file: string, options: RebuildOptions): Promise<Rebuilt> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if (!isSystemError(error)) throw error
    throw new RebuildError('NO_RECORD', `cannot read ${file}: ${error.code}`)
  })
  const record = readRecord(bytes, file)
  const { info } = record
  const directory = join(options.outDir, info.arch)
  await mkdir(directory, { recursive: true, mode: packageDirectoryMode() })
  await withSources(options, (sourceDir) => buildForArch({ ...options, sourceDir, ...recorded(record, options) }))
  const made = join(directory, `${info.name}-${info.version}.apk`)
  const again = await readFile(made).catch((error: unknown) => {
    if (!isSystemError(error, 'ENOENT')) throw error
    throw new RebuildError('NOT_REBUILT', `the record in ${file} makes no package ${basename(made)}`)
  })
  return { file, made, comparison: await comparePackages({ file, bytes }, { file: made, bytes: again }) }
}

// A workspace without sources still has the files that tell compilers about the package.
async function withSources<T>({ sourceDir }: RebuildOptions, use: (sourceDir: string) => Promise<T>): Promise<T> {
  if (sourceDir !== '') return use(sourceDir)
  const empty = await mkdtemp(join(tmpdir(), 'melange-sources-'))
  try {
    return await use(empty)
  } finally {
    await rm(empty, { recursive: true, force: true })
  }
}

function recorded(record: BuildRecord, { likeMelange }: RebuildOptions) {
  const { info, recipe, melangeYaml, buildDate, tool } = record
  return {
    record: melangeYaml,
    recipe: recipe.path,
    arch: info.arch,
    commit: recipe.commit,
    repositoryUrl: recipe.repositoryUrl,
    license: recipe.license,
    namespace: info.maintainer,
    buildDate,
    stripOriginName: info.origin !== mainName(record),
    tool,
    likeMelange: likeMelange || tool.startsWith('melange ('),
  }
}

function mainName({ melangeYaml, file }: BuildRecord): string {
  const { package: main } = parse(melangeYaml) as { package?: { name?: unknown } }
  if (typeof main?.name === 'string') return main.name
  throw new RebuildError('BAD_RECORD', `the .melange.yaml in ${file} names no package`)
}
