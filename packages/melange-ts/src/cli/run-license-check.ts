import { mkdir, mkdtemp, readFile, realpath, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { splitApk } from '@apkts/apk'
import { writeFileAtomic } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { type CommandContext, UsageError } from '@apkts/diagnostics/cli'
import { utf8Decode } from '@apkts/encoding'
import { openRepositories } from '@apkts/repository'
import { readLicenseFile } from '../build/license-files.ts'
import {
  type Detection,
  detectLicenses,
  type LicenseScan,
  licenseDifferences,
  withCopyright,
} from '../license/index.ts'
import { loadRecipe } from '../recipe/load.ts'
import { parseRecipe } from '../recipe/parse.ts'
import type { Recipe } from '../recipe/types.ts'
import { sourcePlaces } from '../source/get.ts'
import { makeSourceTree } from '../source/make-tree.ts'
import { sourceSteps } from '../source/steps.ts'

export async function run(context: CommandContext): Promise<undefined> {
  const { args, options } = context
  const scan = scanType(options.string('scan-type'))
  const file = args[0]!
  const recipe = await readRecipe(file, context)
  if (options.flag('fix') && !isRecipe(file)) {
    throw new UsageError('FLAG_VALUE', `--fix rewrites recipes, and ${file} is none`, { hint: 'name a .yaml file' })
  }
  if (recipe === undefined) return report(await detectLicenses(file, { scan, named: [] }), undefined, context)
  const detections = await inWorkDirectory(options.string('workdir'), async (directory) => {
    await makeTree(recipe, directory, context)
    return await detectDeclared(recipe, directory, scan)
  })
  report(detections, recipe, context)
  if (options.flag('fix')) await fix(file, recipe, detections, context)
}

function scanType(text: string): LicenseScan {
  if (text === 'shallow' || text === 'deep') return text
  throw new UsageError('FLAG_VALUE', `--scan-type wants shallow or deep, found "${text}"`)
}

function isRecipe(file: string): boolean {
  return file.endsWith('.yaml')
}

async function readRecipe(file: string, { log }: CommandContext): Promise<Recipe | undefined> {
  if (isRecipe(file)) return await loadRecipe(file, { log })
  if (!file.endsWith('.apk')) return undefined
  const { controlMembers } = splitApk(await readFile(file), file)
  const member = controlMembers.find(({ header }) => header.path === '.melange.yaml')
  if (member === undefined) throw new UsageError('FLAG_VALUE', `${file} carries no recipe`)
  const source = { file, text: utf8Decode(member.content) }
  const recipe = parseRecipe({ recipe: source }, { lenientKeys: true })
  // Steps are there with what their definitions became; their definitions say which inputs they have.
  return { ...recipe, pipeline: recipe.pipeline.map((step) => ({ ...step, pipeline: [], runs: '' })) }
}

async function inWorkDirectory<T>(given: string, work: (directory: string) => Promise<T>): Promise<T> {
  if (given !== '') {
    await mkdir(given, { recursive: true })
    return await work(given)
  }
  const temporary = await mkdtemp(join(tmpdir(), 'melange-licenses-'))
  try {
    return await work(temporary)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

async function makeTree(recipe: Recipe, directory: string, { env, log, signal }: CommandContext): Promise<void> {
  const client = openRepositories({ keys: new Map(), env, log, signal })
  try {
    await makeSourceTree(sourceSteps(recipe), directory, {
      log,
      signal,
      stream: (uri) => client.stream(uri),
      patchDirectory: await patchDirectory(recipe),
    })
  } finally {
    await client.close()
  }
}

/** Patches lie in the directory named after the package, or beside the recipe; a package has none. */
async function patchDirectory(recipe: Recipe): Promise<string | undefined> {
  if (!isRecipe(recipe.file)) return undefined
  const own = sourcePlaces(recipe, { output: '.', sourceDir: '' }).patchDirectory
  try {
    await stat(own)
    return own
  } catch (error) {
    if (!isSystemError(error)) throw error
    return dirname(recipe.file)
  }
}

async function detectDeclared({ package: pkg }: Recipe, directory: string, scan: LicenseScan): Promise<Detection[]> {
  const named = pkg.copyright.map(({ licensePath }) => licensePath).filter((path) => path !== '')
  for (const path of named) await readLicenseFile(directory, path)
  return await detectLicenses(directory, { scan, named })
}

function report(
  detections: readonly Detection[],
  recipe: Recipe | undefined,
  { log, print }: CommandContext,
): undefined {
  for (const { path, license } of detections) print(`${path}: ${license ?? 'not recognised'}\n`)
  if (recipe === undefined) return
  for (const difference of licenseDifferences(detections, recipe.package.copyright)) log.warn(difference)
}

async function fix(
  path: string,
  recipe: Recipe,
  detections: readonly Detection[],
  { options, log }: CommandContext,
): Promise<void> {
  if (licenseDifferences(detections, recipe.package.copyright).length === 0) return
  const file = await realpath(path)
  const text = await readFile(file, 'utf8')
  const { mode } = await stat(file)
  const format = options.string('format') === 'simple' ? 'simple' : 'flat'
  await writeFileAtomic(file, withCopyright(text, detections, format), { mode: mode & 0o7777 })
  log.info(`${path}: package.copyright rewritten`)
}
