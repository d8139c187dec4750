import { findProgram } from '@apkts/sandbox'
import type { Finding, Machine } from './types.ts'

interface Tool {
  readonly programs: readonly string[]
  /** What works with it. */
  readonly use: string
  /** What happens without it. */
  readonly without: string
  readonly state: 'limited' | 'missing'
  readonly hint: string
}

const TOOLS: readonly Tool[] = [
  {
    programs: ['git'],
    use: 'the commit of recipes is recorded',
    without: 'the commit of recipes is not recorded, unless --git-commit tells it',
    state: 'limited',
    hint: 'apt-get install git',
  },
  {
    programs: ['getfattr', 'tar'],
    use: 'extended attributes of files are recorded',
    without: 'extended attributes of files are not recorded',
    state: 'limited',
    hint: 'apt-get install attr',
  },
  {
    programs: ['unshare'],
    use: 'environments can be shared',
    without: 'environments are copied for each build',
    state: 'limited',
    hint: 'apt-get install util-linux',
  },
  {
    programs: ['dpkg-deb'],
    use: 'melange-ts import deb works',
    without: 'melange-ts import deb does not work',
    state: 'limited',
    hint: 'apt-get install dpkg',
  },
]

/** Programs of the host that builds use where they are. */
export function toolFindings({ env }: Machine): Finding[] {
  const path = env.PATH ?? ''
  const tools = TOOLS.map(({ programs, use, without, state, hint }): Finding => {
    const found = programs.map((program) => findProgram(program, path)).find((file) => file !== undefined)
    const name = `tool.${programs[0]}`
    return found === undefined
      ? { name, state, detail: without, hint }
      : { name, state: 'works', detail: `${found}: ${use}` }
  })
  return [
    ...tools,
    { name: 'tool.zstd', state: 'works', detail: 'no program is needed: packed kernel modules are read here' },
  ]
}
