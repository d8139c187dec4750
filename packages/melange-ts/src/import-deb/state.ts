import { readFile } from 'node:fs/promises'
import { isSystemError } from '@apkts/diagnostics'
import { parseControl } from './control.ts'
import type { DebControlPart } from './dpkg-deb.ts'
import type { PackageFacts } from './facts.ts'

/** What is remembered about one imported .deb. */
export interface ImportedDeb {
  /** Hex, of the .deb. */
  readonly debSha256: string
  /** The converter and the options that shaped the result. */
  readonly recipe: string
  /** Control file as it was. */
  readonly text: string
  readonly scripts: readonly string[]
  readonly builtAt: number
  readonly facts: PackageFacts
  readonly apk: { readonly file: string; readonly sha256: string; readonly dataOffset: number }
}

/** Memory of earlier imports into a repository directory; everything in it is checked against the files before use. */
export interface ImportState {
  readonly debs: readonly ImportedDeb[]
  /** Names of the generated meta packages. */
  readonly metas: readonly string[]
}

const NOTHING: ImportState = { debs: [], metas: [] }

export const STATE_FILE = '.import-deb.json'
const STATE_VERSION = 1

/** Reads the memory of a repository directory; empty when there is none or it is of another version or damaged. */
export async function readState(file: string): Promise<ImportState> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return NOTHING
    throw error
  }
  return parseState(text) ?? NOTHING
}

/** Text of the memory, the same for the same imports. */
export function formatState(state: ImportState): string {
  return `${JSON.stringify({ version: STATE_VERSION, ...state }, null, 1)}\n`
}

/** The control part of a .deb that was imported before. */
export function controlPartOf({ text, scripts, builtAt, apk }: ImportedDeb): DebControlPart {
  return { control: parseControl(text, apk.file), text, scripts, builtAt }
}

function parseState(text: string): ImportState | undefined {
  try {
    const value = JSON.parse(text) as ImportState & { version?: unknown }
    return value.version === STATE_VERSION ? { debs: value.debs, metas: value.metas } : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
