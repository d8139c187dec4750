import { execa } from 'execa'
import type { TestProject } from 'vitest/node'
import { ROOT } from './commands.ts'
import { missingTools } from './tools.ts'

export interface QuickstartRun {
  /** Programs that it needs and this machine lacks; then it was not run. */
  readonly missing: readonly string[]
  /** Everything it printed. */
  readonly output: string
}

declare module 'vitest' {
  interface ProvidedContext {
    quickstart: QuickstartRun
  }
}

/** Runs the documented quickstart once; its toolchain and packages then serve all end-to-end tests that build. */
export default async function setup(project: TestProject): Promise<void> {
  const missing = await missingTools(['bwrap', 'skopeo', 'umoci', 'crun', 'apt-get', 'dpkg-deb'])
  if (missing.length > 0) return project.provide('quickstart', { missing, output: '' })
  const run = await execa('npm', ['run', '-s', 'quickstart'], { cwd: ROOT, all: true, reject: false })
  if (run.exitCode !== 0) throw new Error(`npm run quickstart ended with ${run.exitCode}\n${run.all}`)
  project.provide('quickstart', { missing, output: run.all })
}
