import type { Location } from '@apkts/diagnostics'
import { ImageConfigError } from './error.ts'
import { FILE_NAME } from './schema.ts'
import type { ImageConfig, ImageEntrypoint, ImageUser, NamedContent } from './types.ts'

export type Path = readonly (string | number)[]

/** Place of a value in the file it came from, where that is known. */
export type Locate = (path: Path) => Location | undefined

const SERVICE_MANAGER = 's6'
const SERVICE_COMMAND = '/bin/s6-svscan /sv'

/**
 * Checks what every command that resolves packages relies on, and fills in what validation fills in: home directories
 * and the supervisor of a service bundle. Validating a result again appends the supervisor's package again, as in apko.
 * Throws `ImageConfigError` for the first problem.
 */
export function validateImageConfig(config: ImageConfig, locate: Locate = () => undefined): ImageConfig {
  const bundled = withServiceManager(config)
  const users = bundled.accounts.users.map((user, index) => checkedUser(user, locate(['accounts', 'users', index])))
  checkGroups(bundled, locate)
  checkCertificates(bundled, locate)
  checkRuntimeKeys(bundled, locate)
  return { ...bundled, accounts: { ...bundled.accounts, users } }
}

function withServiceManager(config: ImageConfig): ImageConfig {
  if (config.entrypoint.type !== 'service-bundle') return config
  const entrypoint: ImageEntrypoint = { ...config.entrypoint, command: SERVICE_COMMAND }
  const packages = [...config.contents.packages, SERVICE_MANAGER]
  return { ...config, entrypoint, contents: { ...config.contents, packages } }
}

function checkedUser(user: ImageUser, at: Location | undefined): ImageUser {
  if (user.userName === '') {
    throw new ImageConfigError('BAD_USER', `the user with uid ${user.uid} has no username (its name is empty)`, { at })
  }
  if (user.uid === 0) {
    throw new ImageConfigError('BAD_USER', `user ${user.userName} has UID 0, which is root and always exists`, {
      at,
      hint: 'to run as root, write run-as: 0 and drop the user',
    })
  }
  return user.homeDir === '' ? { ...user, homeDir: `/home/${user.userName}` } : user
}

function checkGroups(config: ImageConfig, locate: Locate): void {
  config.accounts.groups.forEach((group, index) => {
    if (group.groupName !== '') return
    const at = locate(['accounts', 'groups', index])
    throw new ImageConfigError('BAD_GROUP', `the group with gid ${group.gid} has no groupname (its name is empty)`, {
      at,
    })
  })
}

function checkCertificates(config: ImageConfig, locate: Locate): void {
  config.certificates?.additional.forEach((entry, index) => {
    checkFileName(
      entry,
      'BAD_CERTIFICATE_NAME',
      'additional certificate',
      locate(['certificates', 'additional', index]),
    )
  })
}

function checkRuntimeKeys(config: ImageConfig, locate: Locate): void {
  const seen = new Set<string>()
  config.contents.runtimeKeyring.forEach((entry, index) => {
    const at = locate(['contents', 'runtimeKeyring', index])
    if (entry.name !== '' && entry.content === '') {
      throw new ImageConfigError('BAD_RUNTIME_KEY', `runtime key ${entry.name} has no content`, { at })
    }
    checkFileName(entry, 'BAD_RUNTIME_KEY', 'runtime key', at)
    if (seen.has(entry.name)) {
      throw new ImageConfigError('BAD_RUNTIME_KEY', `duplicate runtime key ${entry.name}: names must be unique`, { at })
    }
    seen.add(entry.name)
  })
}

function checkFileName(
  entry: NamedContent,
  code: 'BAD_CERTIFICATE_NAME' | 'BAD_RUNTIME_KEY',
  what: string,
  at: Location | undefined,
): void {
  if (entry.name === '') throw new ImageConfigError(code, `${what} without a name`, { at })
  if (FILE_NAME.test(entry.name)) return
  throw new ImageConfigError(code, `${what} name ${JSON.stringify(entry.name)} cannot be a file name`, {
    at,
    hint: 'use letters, digits, "_" and "-", and "." after the first character',
  })
}
