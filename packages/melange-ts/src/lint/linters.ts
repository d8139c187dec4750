import { BINARY_LINTERS } from './binary-linters.ts'
import { duplicate } from './duplicates.ts'
import { LAYOUT_LINTERS } from './layout-linters.ts'
import { NAME_LINTERS } from './name-linters.ts'
import { PATH_LINTERS } from './path-linters.ts'
import { PERMISSION_LINTERS } from './permission-linters.ts'
import { PYTHON_LINTERS } from './python-linters.ts'
import type { Linter } from './types.ts'

/** Every linter by its name. */
export const LINTERS: ReadonlyMap<string, Linter> = new Map(
  [
    ...PATH_LINTERS,
    ...LAYOUT_LINTERS,
    ...PERMISSION_LINTERS,
    ...BINARY_LINTERS,
    ...NAME_LINTERS,
    ...PYTHON_LINTERS,
    duplicate,
  ].map((linter) => [linter.name, linter]),
)
