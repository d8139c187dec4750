import { runProgram } from '@apkts/diagnostics/cli'
import { vi } from 'vitest'
import { program } from '../../src/cli/program.ts'

export interface Ran {
  readonly status: number
  readonly out: string
  readonly err: string
}

/** Runs a command line of apko-ts in this process and catches what it prints. */
export async function run(...argv: string[]): Promise<Ran> {
  const out: string[] = []
  const err: string[] = []
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0)
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0)
  try {
    const status = await runProgram(program, argv)
    return { status, out: out.join(''), err: err.join('') }
  } finally {
    stdout.mockRestore()
    stderr.mockRestore()
  }
}
