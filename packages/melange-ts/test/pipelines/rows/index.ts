import type { Row } from '../row.ts'
import { AUTOCONF } from './autoconf.ts'
import { CARGO } from './cargo.ts'
import { CMAKE_AND_MESON } from './cmake-meson.ts'
import { ELF } from './elf.ts'
import { FETCH } from './fetch.ts'
import { GO_ROWS } from './go.ts'
import { LANGUAGES } from './languages.ts'
import { MAVEN_AND_NPM } from './maven-npm.ts'
import { PATCHES } from './patch.ts'
import { PYTHON_IMPORT } from './python-import.ts'
import { REPORTS } from './reports.ts'
import { SPLIT } from './split.ts'
import { SPLIT_LIBRARIES } from './split-libraries.ts'

/** Uses of every pipeline but git-checkout, which has tests of its own. */
export const ROWS: readonly Row[] = [
  ...AUTOCONF,
  ...CARGO,
  ...CMAKE_AND_MESON,
  ...ELF,
  ...FETCH,
  ...GO_ROWS,
  ...LANGUAGES,
  ...MAVEN_AND_NPM,
  ...PATCHES,
  ...PYTHON_IMPORT,
  ...REPORTS,
  ...SPLIT,
  ...SPLIT_LIBRARIES,
]
