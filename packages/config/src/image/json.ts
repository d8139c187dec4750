import type { JsonValue } from '@apkts/encoding'
import type { ImageConfig, ImageContents, ImageGroup, ImageUser, NamedContent, PathMutation } from './types.ts'

/**
 * The configuration as apko serialises it into `/etc/apko.json`: keys in declaration order, empty values left out,
 * unset ids left out but an explicit 0 written, `contents`, `entrypoint` and `accounts` always present.
 */
export function imageConfigJson(config: ImageConfig): JsonValue {
  return {
    contents: contentsJson(config.contents),
    entrypoint: {
      type: text(config.entrypoint.type),
      command: text(config.entrypoint.command),
      'shell-fragment': text(config.entrypoint.shellFragment),
      services: map(config.entrypoint.services),
    },
    cmd: text(config.cmd),
    'stop-signal': text(config.stopSignal),
    'work-dir': text(config.workDir),
    accounts: {
      'run-as': text(config.accounts.runAs),
      users: list(config.accounts.users.map(userJson)),
      groups: list(config.accounts.groups.map(groupJson)),
    },
    archs: list(config.archs),
    environment: map(config.environment),
    paths: list(config.paths.map(pathJson)),
    'vcs-url': text(config.vcsUrl),
    annotations: map(config.annotations),
    include: text(config.include),
    volumes: list(config.volumes),
    layering: config.layering && {
      strategy: text(config.layering.strategy),
      budget: config.layering.budget === 0 ? undefined : config.layering.budget,
    },
    certificates: config.certificates && {
      additional: list(config.certificates.additional.map(namedJson)),
      providers: list(config.certificates.providers),
    },
  }
}

function contentsJson(contents: ImageContents): JsonValue {
  return {
    build_repositories: list(contents.buildRepositories),
    runtime_repositories: list(contents.runtimeRepositories),
    repositories: list(contents.repositories),
    keyring: list(contents.keyring),
    runtime_keyring: list(contents.runtimeKeyring.map(namedJson)),
    packages: list(contents.packages),
    baseimage: contents.baseImage && {
      image: text(contents.baseImage.image),
      apkindex: text(contents.baseImage.apkIndex),
    },
  }
}

function namedJson(entry: NamedContent): JsonValue {
  return { name: text(entry.name), content: text(entry.content) }
}

function userJson(user: ImageUser): JsonValue {
  return {
    username: text(user.userName),
    uid: number(user.uid),
    gid: user.gid,
    shell: text(user.shell),
    homedir: text(user.homeDir),
  }
}

function groupJson(group: ImageGroup): JsonValue {
  return { groupname: text(group.groupName), gid: number(group.gid), members: list(group.members) }
}

function pathJson(path: PathMutation): JsonValue {
  return {
    path: text(path.path),
    type: text(path.type),
    uid: path.uid,
    gid: path.gid,
    permissions: number(path.permissions),
    source: text(path.source),
    recursive: path.recursive ? true : undefined,
  }
}

function text(value: string): string | undefined {
  return value === '' ? undefined : value
}

function number(value: number): number | undefined {
  return value === 0 ? undefined : value
}

function list(values: readonly JsonValue[]): readonly JsonValue[] | undefined {
  return values.length === 0 ? undefined : values
}

function map(values: Readonly<Record<string, string>>): ReadonlyMap<string, string> | undefined {
  const entries = Object.entries(values)
  return entries.length === 0 ? undefined : new Map(entries)
}
