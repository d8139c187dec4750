import type { OptionSpec } from '@apkts/diagnostics/cli'

/** Additions to the lists of the configuration. */
export const APPEND_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'keyring-append',
    short: 'k',
    type: 'list',
    description: 'further public keys: files or URLs',
    value: 'KEY',
  },
  {
    name: 'build-repository-append',
    short: 'b',
    type: 'list',
    description: 'further repositories for the build only',
    value: 'REPO',
  },
  {
    name: 'repository-append',
    short: 'r',
    type: 'list',
    description: 'further repositories for the build and the image',
    value: 'REPO',
  },
]

export const PACKAGE_OPTION: OptionSpec = {
  name: 'package-append',
  short: 'p',
  type: 'list',
  description: 'further packages to install',
  value: 'PACKAGE',
}

export const ARCH_OPTION: OptionSpec = {
  name: 'arch',
  type: 'list',
  description: 'architectures, all, or host; the configuration’s archs when absent, all when it has none',
  value: 'ARCH',
}

export const CACHE_OPTION: OptionSpec = {
  name: 'cache-dir',
  type: 'string',
  description: 'directory of the package cache (default: dev.chainguard.go-apk in the user’s cache directory)',
  value: 'DIR',
}

export const OFFLINE_OPTION: OptionSpec = {
  name: 'offline',
  type: 'bool',
  description: 'use only the cache and local files',
}

export const IGNORE_SIGNATURES_OPTION: OptionSpec = {
  name: 'ignore-signatures',
  type: 'bool',
  description: 'accept unsigned indexes and unknown keys',
}

export const INCLUDE_OPTION: OptionSpec = {
  name: 'include-paths',
  type: 'list',
  description: 'directories to look for included files in',
  value: 'DIR',
}

export const BUILD_DATE_OPTION: OptionSpec = {
  name: 'build-date',
  type: 'string',
  description: 'earliest date of the image, RFC 3339; SOURCE_DATE_EPOCH wins',
  value: 'TIME',
}

export const SBOM_PATH_OPTION: OptionSpec = {
  name: 'sbom-path',
  type: 'string',
  description: 'existing directory for the SBOM files (default: the working directory)',
  value: 'DIR',
}

export const JSON_OPTION: OptionSpec = { name: 'json', type: 'bool', description: 'print JSON' }

export const OUTPUT_OPTION: OptionSpec = {
  name: 'output',
  short: 'o',
  type: 'string',
  description: 'where the image goes, instead of the third argument',
  value: 'OUTPUT',
}

export const PLAN_OPTION: OptionSpec = {
  name: 'plan',
  type: 'bool',
  description: 'only say what would be downloaded and made',
}

export const RESOLVER_OPTION: OptionSpec = {
  name: 'resolver',
  type: 'string',
  default: 'compatible',
  description: 'compatible takes the picks of apko, complete searches until every constraint holds',
  value: 'NAME',
}

export const STRICT_OPTION: OptionSpec = {
  name: 'strict',
  type: 'bool',
  description: 'refuse packages that do not fit together, and repositories for different C libraries',
}

const STRIP_OPTION: OptionSpec = {
  name: 'strip-credentials',
  type: 'bool',
  description: 'write no user names and passwords of repositories into the image',
}

/** Departures from apko that change the image ID, so that they are made on request only. */
export const REPAIR_OPTIONS: readonly OptionSpec[] = [
  STRIP_OPTION,
  {
    name: 'streamable-links',
    type: 'bool',
    description: 'put hard links behind the file they name, for readers that cannot go back',
  },
  {
    name: 'skip-foreign-libraries',
    type: 'bool',
    description: 'leave libraries for other machines out of ld.so.cache instead of failing',
  },
]

/** What `build` and `publish` have in common. */
export const IMAGE_OPTIONS: readonly OptionSpec[] = [
  RESOLVER_OPTION,
  STRICT_OPTION,
  { name: 'annotations', type: 'list', description: 'OCI annotations key:value', value: 'KEY:VALUE' },
  { name: 'lockfile', type: 'string', description: 'install exactly what this lock file says', value: 'FILE' },
  {
    name: 'bundle',
    type: 'string',
    description: 'take lock file, keys and packages from this archive of apko-ts lock --bundle',
    value: 'FILE',
  },
  { name: 'sbom', type: 'bool', default: 'true', description: 'write SBOM files' },
  { name: 'sbom-formats', type: 'list', default: 'spdx', description: 'formats of the SBOM files', value: 'FORMAT' },
  {
    name: 'bare',
    type: 'bool',
    description: 'leave out what every image gets: apk’s database, keys and repositories, devices, empty directories',
  },
  {
    name: 'jobs',
    type: 'int',
    default: '0',
    description: 'packages fetched and pieces of layers compressed at the same time; 0 for one per processor',
    value: 'N',
  },
  {
    name: 'memory',
    type: 'string',
    description: 'memory for contents under way, such as 64M (default: what the jobs need)',
    value: 'SIZE',
  },
  {
    name: 'compression',
    type: 'string',
    default: 'gzip',
    description: 'of layers: gzip[:1…9], zstd[:1…19] (Node 22.15 or newer) or none',
    value: 'NAME',
  },
  { name: 'vcs', type: 'bool', default: 'true', description: 'record the git remote and commit of the configuration' },
  ...REPAIR_OPTIONS,
]

/** Limits against hostile repositories, in bytes. */
export const LIMIT_OPTIONS: readonly OptionSpec[] = [
  limit('max-apk-control-size', '10485760', 'largest control section of a package'),
  limit('max-apk-data-size', '17179869184', 'largest data section of a package'),
  limit('max-apkindex-decompressed-size', '314572800', 'largest index'),
  limit('max-http-response-size', '8589934592', 'largest HTTP response'),
]

function limit(name: string, fallback: string, what: string): OptionSpec {
  return { name, type: 'int', default: fallback, description: `${what}, in bytes; -1 for no limit`, value: 'BYTES' }
}
