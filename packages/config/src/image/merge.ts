import { EMPTY_IMAGE_CONFIG, type ImageConfig, type ImageEntrypoint } from './types.ts'

/**
 * Merges an included configuration under the one that includes it. The including one wins; lists are joined, base
 * first. `vcsUrl` of the base is lost and `include` stays that of the top, as apko does.
 */
export function mergeImageConfig(top: ImageConfig, base: ImageConfig): ImageConfig {
  return {
    contents: {
      buildRepositories: [...base.contents.buildRepositories, ...top.contents.buildRepositories],
      runtimeRepositories: [...base.contents.runtimeRepositories, ...top.contents.runtimeRepositories],
      repositories: [...base.contents.repositories, ...top.contents.repositories],
      keyring: [...base.contents.keyring, ...top.contents.keyring],
      runtimeKeyring: [...base.contents.runtimeKeyring, ...top.contents.runtimeKeyring],
      packages: [...base.contents.packages, ...top.contents.packages],
      baseImage: top.contents.baseImage ?? base.contents.baseImage,
    },
    entrypoint: isEmptyEntrypoint(top.entrypoint) ? base.entrypoint : top.entrypoint,
    cmd: top.cmd || base.cmd,
    stopSignal: top.stopSignal || base.stopSignal,
    workDir: top.workDir || base.workDir,
    accounts: {
      runAs: top.accounts.runAs || base.accounts.runAs,
      users: [...base.accounts.users, ...top.accounts.users],
      groups: [...base.accounts.groups, ...top.accounts.groups],
    },
    archs: top.archs.length > 0 ? top.archs : base.archs,
    environment: { ...base.environment, ...top.environment },
    paths: [...base.paths, ...top.paths],
    vcsUrl: top.vcsUrl,
    annotations: { ...base.annotations, ...top.annotations },
    include: top.include,
    volumes: [...base.volumes, ...top.volumes],
    layering: top.layering ?? base.layering,
    certificates: top.certificates ?? base.certificates,
  }
}

/** The copy each architecture builds from: everything but `vcsUrl` and `include`. */
export function copyForArch(config: ImageConfig): ImageConfig {
  return mergeImageConfig(EMPTY_IMAGE_CONFIG, config)
}

function isEmptyEntrypoint(entrypoint: ImageEntrypoint): boolean {
  const { type, command, shellFragment, services } = entrypoint
  return type === '' && command === '' && shellFragment === '' && Object.keys(services).length === 0
}
