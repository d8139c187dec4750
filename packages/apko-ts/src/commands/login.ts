import { text } from 'node:stream/consumers'
import type { CommandContext } from '@apkts/diagnostics/cli'
import { UsageError } from '@apkts/diagnostics/cli'
import { storeCredentials } from '@apkts/registry'

export async function run({ args, options, env, log }: CommandContext): Promise<number> {
  const [server = ''] = args
  const fromInput = options.flag('password-stdin')
  const username = options.string('username')
  const password = fromInput ? withoutLineEnd(await text(process.stdin)) : options.string('password')
  if (username === '' && password === '') {
    throw new UsageError('FLAG_VALUE', 'a user name and a password are needed', {
      hint: 'pass --username and --password-stdin',
    })
  }
  log.info(`logged in via ${await storeCredentials(hostOf(server), { username, password }, env)}`)
  return 0
}

/** A registry, which may be written as the URL of its API. */
const SERVER = /^(?:https?:\/\/)?((?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d+)?)(?:\/(?:v[12]\/?)?)?$/

function hostOf(server: string): string {
  const host = SERVER.exec(server)?.[1]
  if (host === undefined) {
    throw new UsageError('FLAG_VALUE', `${JSON.stringify(server)} is no registry`, {
      hint: 'name a host, with a port if it has one: registry.example:5000',
    })
  }
  return host === 'docker.io' || host === 'registry-1.docker.io' ? 'index.docker.io' : host
}

function withoutLineEnd(line: string): string {
  return line.replace(/\n$/, '').replace(/\r$/, '')
}
