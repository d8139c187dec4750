import { join } from 'node:path'
import { inject } from 'vitest'
import { ROOT } from './commands.ts'

/** What `npm run quickstart` made: packages, a toolchain repository, an image. */
export const MADE = join(ROOT, '.quickstart/debian')

const { missing, output } = inject('quickstart')

export const quickstartOutput = output
export const cannotBuild = missing.length > 0

/** Added to the title of tests that cannot run here. */
export const why = missing.length === 0 ? '' : ` (skipped: ${missing.join(', ')} not installed)`

/** Flags that give a build the imported toolchain. */
export const TOOLCHAIN_FLAGS: readonly string[] = [
  '--repository-append',
  join(MADE, 'toolchain'),
  '--keyring-append',
  join(MADE, 'toolchain/import.rsa.pub'),
]
