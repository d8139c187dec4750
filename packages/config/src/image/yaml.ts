import type { JsonValue } from '@apkts/encoding'
import { emitYaml } from '../decode/emit.ts'
import { redactRepository, redactUrl } from './redact.ts'
import type { ImageConfig, ImageContents, NamedContent, PathMutation } from './types.ts'

/**
 * The configuration as `apko show-config` prints it. Passwords in `repositories`, `build_repositories` and `keyring`
 * become `xxxxx`; `runtime_repositories` are shown as they are. Throws `ImageConfigError` for a repository or key that
 * cannot be read as a URL.
 */
export function imageConfigYaml(config: ImageConfig): string {
  return emitYaml(imageConfigDocument(config), { indent: 4 })
}

/** The same as a value, for documents that contain an image configuration. Every member is undefined when nothing is set. */
export function imageConfigDocument(config: ImageConfig): { readonly [key: string]: JsonValue | undefined } {
  const { entrypoint, accounts } = config
  return {
    contents: unlessEmpty(contentsYaml(config.contents)),
    entrypoint: isBlank(entrypoint)
      ? undefined
      : {
          type: entrypoint.type,
          command: entrypoint.command,
          'shell-fragment': entrypoint.shellFragment,
          services: new Map(Object.entries(entrypoint.services)),
        },
    cmd: config.cmd || undefined,
    'stop-signal': config.stopSignal || undefined,
    'work-dir': config.workDir || undefined,
    accounts: isBlank(accounts) ? undefined : accountsYaml(config),
    archs: list(config.archs),
    environment: map(config.environment),
    paths: list(config.paths.map(pathYaml)),
    'vcs-url': config.vcsUrl || undefined,
    annotations: map(config.annotations),
    include: config.include || undefined,
    volumes: list(config.volumes),
    layering: config.layering && {
      strategy: config.layering.strategy || undefined,
      budget: config.layering.budget || undefined,
    },
    certificates: config.certificates && {
      additional: list(config.certificates.additional.map(namedYaml)),
      providers: list(config.certificates.providers),
    },
  }
}

function contentsYaml(contents: ImageContents) {
  return {
    build_repositories: list(contents.buildRepositories.map(redactRepository)),
    runtime_repositories: list(contents.runtimeRepositories),
    repositories: list(contents.repositories.map(redactRepository)),
    keyring: list(contents.keyring.map(redactUrl)),
    runtime_keyring: list(contents.runtimeKeyring.map(namedYaml)),
    packages: list(contents.packages),
    baseimage: contents.baseImage && {
      image: contents.baseImage.image || undefined,
      apkindex: contents.baseImage.apkIndex || undefined,
    },
  }
}

function accountsYaml({ accounts }: ImageConfig): JsonValue {
  return {
    'run-as': accounts.runAs,
    users: accounts.users.map((user) => ({
      username: user.userName,
      uid: user.uid,
      gid: user.gid,
      shell: user.shell,
      homedir: user.homeDir,
    })),
    groups: accounts.groups.map((group) => ({
      groupname: group.groupName,
      gid: group.gid,
      members: group.members,
    })),
  }
}

function pathYaml(path: PathMutation): JsonValue {
  return {
    path: path.path,
    type: path.type,
    uid: path.uid,
    gid: path.gid,
    permissions: path.permissions,
    source: path.source,
    recursive: path.recursive,
  }
}

function namedYaml(entry: NamedContent): JsonValue {
  return { name: entry.name || undefined, content: entry.content || undefined }
}

function list(values: readonly JsonValue[]): readonly JsonValue[] | undefined {
  return values.length === 0 ? undefined : values
}

function map(values: Readonly<Record<string, string>>): ReadonlyMap<string, string> | undefined {
  const entries = Object.entries(values)
  return entries.length === 0 ? undefined : new Map(entries)
}

function unlessEmpty<T extends object>(value: T): T | undefined {
  return Object.values(value).every((member) => member === undefined) ? undefined : value
}

function isBlank(value: object): boolean {
  return Object.values(value).every((member) =>
    typeof member === 'object' && member !== null ? Object.keys(member).length === 0 : member === '',
  )
}
