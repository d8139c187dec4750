import { createBubblewrapRunner, type Runner } from '@apkts/sandbox'
import { BuildError } from './error.ts'

const KNOWN = ['bubblewrap', 'docker', 'qemu']

/** The runner of a name; empty for the default. @throws BuildError `RUNNER_UNKNOWN` */
export function chooseRunner(name: string, path: string): Runner {
  if (name === '' || name === 'bubblewrap') return createBubblewrapRunner({ path, root: process.getuid?.() === 0 })
  const known = KNOWN.includes(name)
  throw new BuildError(
    'RUNNER_UNKNOWN',
    known ? `steps cannot run in ${name} here` : `unknown runner ${JSON.stringify(name)}`,
    {
      hint: 'use --runner bubblewrap, which is the default',
    },
  )
}
