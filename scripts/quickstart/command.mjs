import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { Failure } from './failure.mjs'
import { COMMANDS, ROOT } from './places.mjs'

const KEPT_LINES = 30

/** Runs a program; its standard error is reported line by line. Returns its standard output. */
export async function run(program, args, { report, env, quiet = false, title = program } = {}) {
  const child = spawn(program, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...env },
  })
  const last = []
  const read = async (stream, handle) => {
    for await (const line of createInterface({ input: stream })) {
      last.push(line)
      if (last.length > KEPT_LINES) last.shift()
      handle(line)
    }
  }
  const output = []
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status, signal) => resolve(status ?? signal))
  })
  const streams = [
    read(child.stdout, (line) => output.push(line)),
    read(child.stderr, (line) => quiet || report?.(shown(line))),
  ]
  const status = await ended.catch((error) => {
    throw new Failure(`${program} cannot be run: ${error.message}`)
  })
  await Promise.all(streams)
  if (status === 0) return output.join('\n')
  const log = quiet ? `\n${last.map((line) => `        ${line}`).join('\n')}` : ''
  throw new Failure(`${title} ended with status ${status}${log}`)
}

/** Runs one of the two commands of this checkout. */
export function runCommand(name, args, options) {
  const title = [
    name,
    ...args.slice(
      0,
      args.findIndex((arg) => arg.startsWith('-')),
    ),
  ].join(' ')
  return run(process.execPath, [COMMANDS[name], ...args], { title, ...options })
}

/** Without the date and level of a log line. */
function shown(line) {
  return line.replace(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d (?:INFO )?/, '')
}
