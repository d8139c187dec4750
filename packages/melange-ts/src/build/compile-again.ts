import { join, resolve } from 'node:path'
import { formatChecked, readChecked, writeFileAtomic } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { sha256Hex } from '@apkts/encoding'
import { type CompileOptions, compileRecipe } from '../compile/compile.ts'
import type { CompiledRecipe } from '../compile/types.ts'
import type { Recipe } from '../recipe/types.ts'
import { normaliseScript } from '../shell/normal-form.ts'
import { storeDirectory } from './stores.ts'

interface Where {
  /** Path of the recipe. */
  readonly recipe: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** By the SHA-256 of a script: its normal form. */
type Printed = Record<string, string>

/**
 * `compileRecipe` with a memory: the normal form of scripts that this very program printed before, for the same recipe and
 * architecture, is read from the user's cache. Loading the printer takes longer than everything else in compiling.
 * Throws like `compileRecipe`.
 */
export async function compileAgain(recipe: Recipe, options: CompileOptions & Where): Promise<CompiledRecipe> {
  const path = memoryPath(options)
  if (path === undefined) return compileRecipe(recipe, options)
  const known = await readPrinted(path)
  const used: Printed = {}
  const compiled = compileRecipe(recipe, {
    ...options,
    normalise: (script) => {
      const digest = sha256Hex(script)
      used[digest] ??= known[digest] ?? normaliseScript(script)
      return used[digest]
    },
  })
  if (Object.keys(used).some((digest) => known[digest] === undefined)) await writePrinted(path, used)
  return compiled
}

/** Undefined without a cache, and when the program runs from its sources: it may print otherwise the next time. */
function memoryPath({ recipe, arch, purpose, env }: CompileOptions & Where): string | undefined {
  const directory = storeDirectory(env, 'scripts')
  if (directory === undefined || process.env.APKTS_BUILD === undefined) return undefined
  return join(directory, `${sha256Hex([resolve(recipe), arch, purpose].join('\n'))}.json`)
}

async function readPrinted(path: string): Promise<Printed> {
  try {
    const found = (await readChecked(path)) as { readonly program: string; readonly scripts: Printed } | undefined
    return found !== undefined && found.program === process.env.APKTS_BUILD ? found.scripts : {}
  } catch (error) {
    if (isSystemError(error)) return {}
    throw error
  }
}

/** A cache that cannot be written only costs time, the next time. */
async function writePrinted(path: string, scripts: Printed): Promise<void> {
  try {
    await writeFileAtomic(path, formatChecked({ program: process.env.APKTS_BUILD, scripts }), { mode: 0o600 })
  } catch (error) {
    if (!isSystemError(error)) throw error
  }
}
