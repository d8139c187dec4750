import { runProgram } from './run-program.ts'
import type { ProgramSpec } from './spec.ts'

/** Entry point of a command: runs it and ends the process with its status once standard output is flushed. */
export async function main(program: ProgramSpec): Promise<void> {
  // A reader that closed the pipe (`… | head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  // Nobody reads the log any more, but the work goes on: ending here would leave half of it behind.
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  const status = await runProgram(program, process.argv.slice(2))
  process.stdout.write('', () => process.exit(status))
}
