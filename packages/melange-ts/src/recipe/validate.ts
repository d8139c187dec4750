import type { Locate } from '@apkts/config'
import type { Location, Log } from '@apkts/diagnostics'
import { RecipeError, type RecipeErrorCode } from './error.ts'
import type { Cpe, Dependencies, Recipe, SetCap, Step } from './types.ts'

const PACKAGE_NAME = /^[a-zA-Z\d][a-zA-Z\d+_.-]*$/
const MAX_INT64 = (1n << 63n) - 1n

type Report = (code: RecipeErrorCode, message: string, at?: Location, hint?: string) => void

export interface Validation {
  /** Receives warnings. */
  readonly log: Log
  /** Places in the recipe as written. */
  readonly locate: Locate
  /** Receives what is wrong. */
  readonly problems: RecipeError[]
}

/** Checks what decoding cannot see. */
export function validateRecipe(recipe: Recipe, { log, locate, problems }: Validation): void {
  const { package: pkg } = recipe
  const report: Report = (code, message, at = pkg.at ?? { file: recipe.file }, hint) => {
    problems.push(new RecipeError(code, message, { at, hint }))
  }
  const within: Locate = (path) => locate(['package', ...path])
  checkName(pkg.name, 'package', pkg.nameAt ?? pkg.at, report)
  if (pkg.version === '') {
    report('PACKAGE_VERSION', `package "${pkg.name}": the version must not be empty`, within(['version']))
  }
  checkPriorities(pkg.dependencies, `package "${pkg.name}"`, within, report)
  checkSteps(recipe.pipeline, `package "${pkg.name}"`, report, log)
  checkSetcap(pkg.setcap, `package "${pkg.name}"`, within, report)
  checkSubpackages(recipe, locate, report, log)
  checkCpe(pkg.cpe, `package "${pkg.name}"`, within, report)
}

function checkSubpackages(recipe: Recipe, locate: Locate, report: Report, log: Log): void {
  const seen = new Map<string, number>()
  recipe.subpackages.forEach((subpackage, index) => {
    const within: Locate = (path) => locate(['subpackages', subpackage.written ?? 0, ...path])
    const { name } = subpackage
    const owner = `subpackage "${name}"`
    const first = seen.get(name)
    if (name === recipe.package.name) {
      report('DUPLICATE_SUBPACKAGE', `subpackage ${index + 1} has the name of the package, "${name}"`, within(['name']))
    } else if (first !== undefined) {
      const message = `subpackages ${first + 1} and ${index + 1} have the same name, "${name}"`
      report('DUPLICATE_SUBPACKAGE', message, within(['name']))
    } else seen.set(name, index)
    checkName(name, `subpackage ${index + 1}`, within(['name']), report)
    checkPriorities(subpackage.dependencies, owner, within, report)
    checkSteps(subpackage.pipeline, owner, report, log)
    checkSetcap(subpackage.setcap, owner, within, report)
  })
}

function checkName(name: string, owner: string, at: Location | undefined, report: Report): void {
  if (PACKAGE_NAME.test(name)) return
  const hint = name.includes('${{') ? 'a variable in it is not defined at load time' : undefined
  report(
    'PACKAGE_NAME',
    `${owner}: expected a name of letters, digits, "+", "_", "." and "-", found "${name}"`,
    at,
    hint,
  )
}

const PRIORITIES = [
  ['provider-priority', 'providerPriority'],
  ['replaces-priority', 'replacesPriority'],
] as const

function checkPriorities(dependencies: Dependencies, owner: string, within: Locate, report: Report): void {
  for (const [key, property] of PRIORITIES) {
    const text = dependencies[property]
    if (text === '' || isInt64(text)) continue
    const message = `${owner}: ${key}: expected a decimal integer of 64 bits, found "${text}"`
    report('BAD_PRIORITY', message, within(['dependencies', property]))
  }
}

function isInt64(text: string): boolean {
  if (!/^[-+]?[0-9]+$/.test(text) || text.length > 40) return false
  const value = BigInt(text.replace(/^\+/, ''))
  return value <= MAX_INT64 && value >= -MAX_INT64 - 1n
}

function checkSteps(steps: readonly Step[], owner: string, report: Report, log: Log): void {
  steps.forEach((step, index) => {
    const title = `${owner}, ${step.name || step.uses || `step ${index + 1}`}`
    const hasWith = Object.keys(step.with).length > 0
    if (hasWith && step.uses === '') {
      report('STEP_KEYS', `${title}: "with" is given without "uses"`, step.at)
    }
    if (step.uses !== '' && step.runs !== '') {
      report('STEP_KEYS', `${title}: "uses: ${step.uses}" and "runs" exclude each other`, step.at)
    }
    if (step.uses !== '' && step.pipeline.length > 0) {
      log.warn(`${title}: has its own pipeline, so the definition of ${step.uses} is not loaded`)
    }
    checkSteps(step.pipeline, title, report, log)
  })
}

const SETTABLE = new Set(['cap_net_bind_service', 'cap_net_admin', 'cap_net_raw', 'cap_ipc_lock', 'cap_sys_admin'])

function checkSetcap(entries: readonly SetCap[], owner: string, within: Locate, report: Report): void {
  for (const [index, entry] of entries.entries()) {
    const at = within(['setcap', index])
    if (entry.reason === '') report('BAD_SETCAP', `${owner}: setcap of "${entry.path}" has no reason`, at)
    const names = Object.keys(entry.add).flatMap((list) => list.split(','))
    for (const name of names.filter((name) => !SETTABLE.has(name))) {
      const known = [...SETTABLE].join(', ')
      report('BAD_SETCAP', `${owner}: setcap of "${entry.path}": expected one of ${known}, found "${name}"`, at)
    }
  }
}

const CPE_VALUE = /^[a-z\d][a-z\d+_.-]*$/

function checkCpe(cpe: Cpe, owner: string, within: Locate, report: Report): void {
  if (!['', 'a', 'o'].includes(cpe.part)) {
    report('BAD_CPE', `${owner}: cpe.part: expected a or o, found "${cpe.part}"`, within(['cpe', 'part']))
  }
  if ((cpe.vendor === '') !== (cpe.product === '')) {
    report('BAD_CPE', `${owner}: cpe.vendor and cpe.product must be given together`, within(['cpe']))
  }
  const { part: _part, ...rest } = cpe
  for (const [key, value] of Object.entries(rest)) {
    if (value === '' || CPE_VALUE.test(value)) continue
    report(
      'BAD_CPE',
      `${owner}: cpe.${key}: expected lower-case letters, digits, "+", "_", "." and "-", found "${value}"`,
      within(['cpe', key]),
    )
  }
}
