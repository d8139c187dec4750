import type { ImageAccounts, ImageConfig } from '@apkts/config'
import { overlay, own } from './records.ts'
import type { StringMap } from './types.ts'

const BUILD_ID = 1000

/** The environment with a group and a user `build` (1000) unless it has them. */
export function withBuildAccount(config: ImageConfig): ImageConfig {
  return { ...config, accounts: buildAccounts(config.accounts) }
}

function buildAccounts(accounts: ImageAccounts): ImageAccounts {
  const { users, groups } = accounts
  const group = { groupName: 'build', gid: BUILD_ID, members: ['build'] }
  const user = { userName: 'build', uid: BUILD_ID, gid: BUILD_ID, shell: '', homeDir: '' }
  return {
    runAs: accounts.runAs,
    groups: groups.some(({ groupName }) => groupName === 'build') ? groups : [...groups, group],
    users: users.some(({ userName }) => userName === 'build') ? users : [...users, user],
  }
}

const DEFAULTS: StringMap = {
  HOME: '/home/build',
  GOPATH: '/home/build/.cache/go',
  GOMODCACHE: '/var/cache/melange/gomodcache',
  UV_CACHE_DIR: '/var/cache/melange/uv',
  PIP_CACHE_DIR: '/var/cache/melange/pip',
  COMPOSER_CACHE_DIR: '/var/cache/melange/composer',
  npm_config_cache: '/var/cache/melange/npm',
}

/**
 * The variables of the build environment: the recipe's own win over the env files, an earlier file over a later one,
 * and what is then missing or empty gets its default.
 */
export function buildEnvironmentVariables(recipe: StringMap, envFiles: readonly StringMap[]): StringMap {
  const merged = overlay(...[...envFiles].reverse(), recipe)
  const missing = Object.entries(DEFAULTS).filter(([name]) => (own(merged, name) ?? '') === '')
  return overlay(merged, Object.fromEntries(missing))
}
