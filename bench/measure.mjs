import { spawn } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'

const POLL_MS = 4
const TICK_MS = 10

/**
 * Runs one command to its end. Wall time in ms; CPU time in ms and peak resident memory in MB of the process itself,
 * read from /proc while it runs (so very short runs may miss the last few milliseconds); size of its output file in MB.
 */
export async function measure({ command, args, cwd, env, output }) {
  const started = process.hrtime.bigint()
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] })
  const usage = { cpuMs: 0, peakMb: 0 }
  const timer = setInterval(() => readUsage(child.pid, usage), POLL_MS)
  const errors = []
  child.stderr.on('data', (chunk) => errors.push(chunk))
  const status = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  const wallMs = Number(process.hrtime.bigint() - started) / 1e6
  clearInterval(timer)
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}\n${Buffer.concat(errors)}`)
  const outputMb = output === undefined ? undefined : statSync(output).size / 1e6
  return { wallMs, ...usage, outputMb }
}

function readUsage(pid, usage) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    usage.cpuMs = (Number(fields[11]) + Number(fields[12])) * TICK_MS
    const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
    if (peak !== null) usage.peakMb = Math.max(usage.peakMb, Number(peak[1]) / 1024)
  } catch {
    // The process has just ended.
  }
}
