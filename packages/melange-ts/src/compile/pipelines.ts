import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError, decodeYaml, zeroOf } from '@apkts/config'
import { type DiagnosticErrors, didYouMean, isSystemError, type Location, messageOf } from '@apkts/diagnostics'
import { builtinPipelinesFolder } from '../assets.ts'
import { RecipeError } from '../recipe/error.ts'
import { overlay } from '../recipe/records.ts'
import { stepType } from '../recipe/schema.ts'
import type { Step } from '../recipe/types.ts'

/** A pipeline definition found by name. */
export interface Definition {
  readonly step: Step
  /** Properties that the file has: they replace those of the step that uses it. */
  readonly present: ReadonlySet<string>
  readonly builtin: boolean
  readonly file: string
}

/** Finds definitions by name; remembers what it found. */
export type PipelineLibrary = (uses: string, at: Location | undefined) => Definition

/** Where distributions install definitions; searched after the folders given by the user. */
const SYSTEM_FOLDER = '/usr/share/melange/pipelines'

/** A library over folders, searched in order, then the system's, then the definitions that come with the program. */
export function createPipelineLibrary(folders: readonly string[]): PipelineLibrary {
  const known = new Map<string, Definition>()
  const searched = [...folders.filter((folder) => folder !== ''), SYSTEM_FOLDER]
  return (uses, at) => {
    const cached = known.get(uses)
    if (cached !== undefined) return cached
    const definition = findDefinition(uses, searched, at)
    known.set(uses, definition)
    return definition
  }
}

function findDefinition(uses: string, folders: readonly string[], at: Location | undefined): Definition {
  if (uses.startsWith('/') || uses.includes('..') || uses.includes('\0')) {
    throw new RecipeError('BAD_PIPELINE', `uses: expected a name below the pipeline folders, found "${uses}"`, { at })
  }
  for (const folder of [...folders, builtinPipelinesFolder()]) {
    const file = join(folder, `${uses}.yaml`)
    const text = readIfPresent(file)
    if (text !== undefined) return readDefinition(uses, file, text, folder === builtinPipelinesFolder())
  }
  const places = [...folders, 'the built-in pipelines'].join(', ')
  throw new RecipeError('UNKNOWN_PIPELINE', `no pipeline "${uses}" is known in ${places}`, {
    at,
    hint: didYouMean(uses, pipelineNames([...folders, builtinPipelinesFolder()])) ?? '--pipeline-dir adds a folder',
  })
}

/** Names that `uses` could say: the paths of the definitions below the folders. */
function pipelineNames(folders: readonly string[]): string[] {
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
}

function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (isSystemError(error)) return undefined
    throw error
  }
}

function readDefinition(uses: string, file: string, text: string, builtin: boolean): Definition {
  try {
    const decoded = decodeYaml({ file, text }, stepType, { lenientKeys: true })
    return { step: decoded.value, present: decoded.presentKeys(decoded.value), builtin, file }
  } catch (error) {
    if (error instanceof ConfigError && error.code === 'YAML_EMPTY') {
      return { step: zeroOf(stepType) as Step, present: new Set(), builtin, file }
    }
    if (!(error instanceof ConfigError) && (error as DiagnosticErrors).code !== 'SEVERAL') throw error
    throw new RecipeError('BAD_PIPELINE', `the pipeline "${uses}" cannot be read: ${messageOf(error)}`, {
      at: (error as ConfigError).at ?? { file },
      cause: error,
    })
  }
}

/** The step with its definition laid over it: what the file has wins, maps are merged, the step keeps its name. */
export function overlayDefinition(step: Step, { step: file, present }: Definition): Step {
  const pick = <K extends keyof Step>(key: K): Step[K] => (present.has(key) ? file[key] : step[key])
  return {
    ...step,
    if: pick('if'),
    runs: pick('runs'),
    runsAt: present.has('runs') ? file.runsAt : step.runsAt,
    pipeline: pick('pipeline'),
    needs: present.has('needs') && file.needs !== undefined ? file.needs : step.needs,
    label: pick('label'),
    assertions: pick('assertions'),
    workingDirectory: pick('workingDirectory'),
    with: overlay(step.with, file.with),
    environment: overlay(step.environment, file.environment),
    inputs: overlay(step.inputs, file.inputs),
  }
}
