import { execa } from 'execa'

/** Those of the programs that this machine does not have. */
export async function missingTools(programs: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    programs.map(
      async (program) => (await execa('sh', ['-c', `command -v ${program}`], { reject: false })).exitCode === 0,
    ),
  )
  return programs.filter((_, i) => !found[i])
}
