import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '@apkts/cache'
import { isSystemError, messageOf } from '@apkts/diagnostics'
import type { CommandContext } from '@apkts/diagnostics/cli'
import { discoverJwksKeys } from '@apkts/keyring'
import { isRemote, parseRepositoryLine } from '@apkts/repository'
import { openSession, type Session } from '../environment/session.ts'
import { ApkoError } from '../error.ts'

export async function run({ options, log, env, signal }: CommandContext): Promise<number> {
  const root = options.string('root')
  const repositories = await readRepositories(join(root, 'etc/apk/repositories'))
  const session = openSession({ log, env, signal })
  try {
    for (const repository of repositories) await installKeys(repository, join(root, 'etc/apk/keys'), session)
  } finally {
    await session.close()
  }
  return 0
}

async function readRepositories(path: string): Promise<string[]> {
  try {
    const lines = (await readFile(path, 'utf8')).split('\n').map((line) => line.trim())
    const locations = lines.filter((line) => line !== '' && !line.startsWith('#')).map(parseRepositoryLine)
    return locations.map(({ location }) => location).filter(isRemote)
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
    throw new ApkoError('KEY_UNREADABLE', `cannot read the repositories of this machine: ${messageOf(cause)}`, {
      cause,
    })
  }
}

async function installKeys(repository: string, directory: string, { repositories, log }: Session): Promise<void> {
  const keys = await discoverJwksKeys(repository, (url) => repositories.fetchFile(url, { cache: 'latest' }))
  if (keys.length > 0) await mkdir(directory, { recursive: true, mode: 0o755 })
  for (const { name, pem } of keys) {
    const path = join(directory, name)
    await writeFileAtomic(path, pem, { mode: 0o644 })
    log.info(`wrote ${path}`)
  }
}
