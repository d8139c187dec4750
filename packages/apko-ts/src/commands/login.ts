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
  const registry = server.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
  const host = registry === 'docker.io' || registry === 'registry-1.docker.io' ? 'index.docker.io' : registry
  log.info(`logged in via ${await storeCredentials(host, { username, password }, env)}`)
  return 0
}

function withoutLineEnd(line: string): string {
  return line.replace(/\n$/, '').replace(/\r$/, '')
}
