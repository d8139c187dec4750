import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type PackageRecord, writeIndexArchive } from '@apkts/apk'
import { compareBytes, sortedUnique } from '@apkts/encoding'
import { signIndex } from '@apkts/keyring'
import { ALIASES, type Alias } from './aliases.ts'
import { checkSet } from './check-set.ts'
import { type ConvertedDeb, convertAll, keptImports } from './convert.ts'
import { ImportError } from './error.ts'
import { type Gathered, gatherDebs } from './gather.ts'
import { isThere } from './is-there.ts'
import type { ImportOptions, ImportResult } from './options.ts'
import { type PublishContext, publishGenerated, publishPackages } from './publish.ts'
import { formatState, type ImportedDeb, type ImportState, readState, STATE_FILE } from './state.ts'

const INDEX = 'APKINDEX.tar.gz'

/**
 * Imports Debian packages into a signed apk repository. Earlier imports into the same directory stay in it; a package
 * that comes again in another version replaces the earlier one. The same .debs, options and key give the same bytes.
 * @throws ImportError, KeyringError
 */
export async function importDebs(options: ImportOptions): Promise<ImportResult> {
  const directory = join(options.outDir, options.arch)
  const state = await readState(join(directory, STATE_FILE))
  await refuseForeign(directory)
  const gathered = await gatherDebs(options, state)
  checkSet(gathered.debs, state, options)
  await mkdir(directory, { recursive: true })
  const workDirectory = await mkdtemp(join(directory, '.import-'))
  try {
    const context = { options, state, directory, workDirectory }
    const converted = await convertAll(gathered.debs, context)
    const packages = byName([...converted, ...(await keptImports(gathered.debs, context))])
    report(converted, gathered, options)
    const metas = metaPackages(gathered, state)
    const { records, debs } = await publishPackages(packages, context)
    const generated = await publishAllGenerated(packages, metas, context)
    const all = [...records, ...generated].sort((a, b) => compareBytes(a.name, b.name))
    await publishIndex(all, { debs, metas: metas.map(({ name }) => name) }, context)
    await removeSuperseded(state.debs, debs, directory)
    const fresh = converted.filter(({ earlier }) => earlier === undefined).length
    return { directory, packages: all.length, converted: fresh, size: all.reduce((sum, { size }) => sum + size, 0) }
  } finally {
    await rm(workDirectory, { recursive: true, force: true })
  }
}

// Writing the index anew would drop the packages that somebody else put there.
async function refuseForeign(directory: string): Promise<void> {
  if ((await isThere(join(directory, STATE_FILE))) || !(await isThere(join(directory, INDEX)))) return
  throw new ImportError(
    'IMPORT_DIRECTORY',
    `expected an empty directory or one of earlier imports, found a repository in ${directory}`,
    {
      hint: 'Choose another directory with --out-dir; a build can use several repositories.',
    },
  )
}

function byName(packages: readonly ConvertedDeb[]): ConvertedDeb[] {
  const unique = new Map(packages.map((one) => [one.part.control.name, one]))
  return [...unique.values()].sort((a, b) => compareBytes(a.part.control.name, b.part.control.name))
}

function report(converted: readonly ConvertedDeb[], { unmet }: Gathered, { log }: ImportOptions): void {
  const fresh = converted.filter(({ earlier }) => earlier === undefined)
  const scripted = fresh.filter(({ part }) => part.scripts.length > 0).map(({ part }) => part.control.name)
  if (scripted.length > 0) {
    log.warn(
      `maintainer scripts of ${scripted.length} packages are left out; what builds need of them is in the alternatives table`,
    )
    log.debug(`packages with maintainer scripts: ${scripted.join(' ')}`)
  }
  for (const { part, facts } of fresh) {
    for (const path of facts.skipped)
      log.info(`${part.control.name}: /${path} is left out, another package provides it`)
  }
  for (const { package: name, relation } of unmet)
    log.warn(`${name} needs ${relation.name}, which is not among the packages`)
}

function metaPackages({ metas }: Gathered, state: ImportState): (Alias & { kind: 'meta' })[] {
  const names = sortedUnique([...state.metas, ...metas.map(({ name }) => name)])
  return names.flatMap(
    (name) =>
      (ALIASES.find((alias) => alias.kind === 'meta' && alias.name === name) as
        | (Alias & { kind: 'meta' })
        | undefined) ?? [],
  )
}

async function publishAllGenerated(
  packages: readonly ConvertedDeb[],
  metas: readonly (Alias & { kind: 'meta' })[],
  context: PublishContext,
): Promise<PackageRecord[]> {
  const records: PackageRecord[] = []
  if (packages.some(({ facts }) => facts.moved)) records.push(await publishGenerated(undefined, context))
  for (const meta of metas) records.push(await publishGenerated(meta, context))
  return records
}

async function publishIndex(
  records: readonly PackageRecord[],
  state: ImportState,
  { options, directory, workDirectory }: PublishContext,
): Promise<void> {
  const index = signIndex(writeIndexArchive(records), options.key)
  await writeFile(join(workDirectory, INDEX), index)
  await writeFile(join(workDirectory, STATE_FILE), formatState(state))
  await rename(join(workDirectory, STATE_FILE), join(directory, STATE_FILE))
  await rename(join(workDirectory, INDEX), join(directory, INDEX))
}

async function removeSuperseded(
  before: readonly ImportedDeb[],
  now: readonly ImportedDeb[],
  directory: string,
): Promise<void> {
  const current = new Set(now.map(({ apk }) => apk.file))
  const there = new Set(await readdir(directory))
  for (const { apk } of before) {
    if (!current.has(apk.file) && there.has(apk.file)) await rm(join(directory, apk.file))
  }
}
