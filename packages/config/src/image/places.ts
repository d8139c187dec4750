import type { ImageConfig } from './types.ts'
import type { Locate, Path } from './validate.ts'

interface Part {
  readonly config: ImageConfig
  readonly locate: Locate
}

/** Finds values of a merged configuration in the file they came from: joined lists hold the base's entries first. */
export function locateMerged(top: Part, base: Part): Locate {
  return (path) => {
    const at = path.findIndex((part) => typeof part === 'number')
    if (at < 0) return (holds(top.config, path) ? top : base).locate(path)
    const index = path[at] as number
    const fromBase = listLength(base.config, path.slice(0, at))
    if (index < fromBase) return base.locate(path)
    return top.locate([...path.slice(0, at), index - fromBase, ...path.slice(at + 1)])
  }
}

function listLength(config: ImageConfig, path: Path): number {
  const value = valueAt(config, path)
  return Array.isArray(value) ? value.length : 0
}

function holds(config: ImageConfig, path: Path): boolean {
  const value = valueAt(config, path)
  if (value === undefined || value === '' || value === 0 || value === false) return false
  return typeof value !== 'object' || value === null || Object.keys(value).length > 0
}

function valueAt(config: ImageConfig, path: Path): unknown {
  let value: unknown = config
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string | number, unknown>)[part]
  }
  return value
}
