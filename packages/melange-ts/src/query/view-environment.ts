import type { ImageConfig, NamedContent } from '@apkts/config'
import { type GoStruct, goMap, goStruct } from './values.ts'

/** An image configuration under the names of apko's Go types. */
export function environmentView(config: ImageConfig): GoStruct {
  const { entrypoint, layering, certificates } = config
  return goStruct({
    Contents: contentsView(config.contents),
    Entrypoint: goStruct({
      Type: entrypoint.type,
      Command: entrypoint.command,
      ShellFragment: entrypoint.shellFragment,
      Services: goMap(entrypoint.services),
    }),
    Cmd: config.cmd,
    StopSignal: config.stopSignal,
    WorkDir: config.workDir,
    Accounts: accountsView(config.accounts),
    Archs: config.archs,
    Environment: goMap(config.environment),
    Paths: config.paths.map(pathView),
    VCSUrl: config.vcsUrl,
    Annotations: goMap(config.annotations),
    Include: config.include,
    Volumes: config.volumes,
    Layering: layering && goStruct({ Strategy: layering.strategy, Budget: layering.budget }),
    Certificates:
      certificates &&
      goStruct({ Additional: certificates.additional.map(namedView), Providers: certificates.providers }),
  })
}

function contentsView(contents: ImageConfig['contents']): GoStruct {
  const { baseImage } = contents
  return goStruct({
    BuildRepositories: contents.buildRepositories,
    RuntimeRepositories: contents.runtimeRepositories,
    Repositories: contents.repositories,
    Keyring: contents.keyring,
    RuntimeKeyring: contents.runtimeKeyring.map(namedView),
    Packages: contents.packages,
    BaseImage: baseImage && goStruct({ Image: baseImage.image, APKIndex: baseImage.apkIndex }),
  })
}

function namedView({ name, content }: NamedContent): GoStruct {
  return goStruct({ Name: name, Content: content })
}

function accountsView({ runAs, users, groups }: ImageConfig['accounts']): GoStruct {
  return goStruct({
    RunAs: runAs,
    Users: users.map((user) =>
      goStruct({ UserName: user.userName, UID: user.uid, GID: user.gid, Shell: user.shell, HomeDir: user.homeDir }),
    ),
    Groups: groups.map((group) => goStruct({ GroupName: group.groupName, GID: group.gid, Members: group.members })),
  })
}

function pathView(path: ImageConfig['paths'][number]): GoStruct {
  return goStruct({
    Path: path.path,
    Type: path.type,
    UID: path.uid,
    GID: path.gid,
    Permissions: path.permissions,
    Source: path.source,
    Recursive: path.recursive,
  })
}
