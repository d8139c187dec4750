import { type Type, y } from '../decode/types.ts'
import { parseArch } from './archs.ts'
import type { ImageConfig } from './types.ts'

const strings = y.listOf(y.string)

const namedContent = y.struct('an entry with name and content', {
  name: y.described('file name', y.string),
  content: y.described('PEM text', y.string),
})

const contents = y.struct('contents', {
  buildRepositories: y.key('build_repositories', strings, 'repositories used by the build only'),
  runtimeRepositories: y.key('runtime_repositories', strings, 'repositories written to the image only'),
  repositories: y.described('repositories used by the build and written to the image', strings),
  keyring: y.described('public keys: paths or URLs', strings),
  runtimeKeyring: y.key('runtime_keyring', y.listOf(namedContent), 'public keys added to the image after installation'),
  packages: y.described('packages to install, such as name, name=1.2, name~1.2, !name, name@tag', strings),
  baseImage: y.key(
    'baseimage',
    y.optional(
      y.struct('contents.baseimage', {
        image: y.described('directory of an OCI layout', y.string),
        apkIndex: y.key('apkindex', y.string, 'directory with <arch>/APKINDEX files'),
      }),
    ),
    'image to build upon',
  ),
})

const entrypoint = y.struct('entrypoint', {
  type: y.described('service-bundle for a supervision tree, otherwise empty', y.string),
  command: y.described('command line, split into words', y.string),
  shellFragment: y.key('shell-fragment', y.string, 'text run by /bin/sh -c; wins over command'),
  services: y.described('name and command line of each supervised service', y.mapOf(y.string)),
})

const user = y.struct('a user', {
  userName: y.key('username', y.string),
  uid: y.uint32,
  gid: y.described('the uid when absent', y.optional(y.uint32)),
  shell: y.described('/bin/sh when absent', y.string),
  homeDir: y.key('homedir', y.string, '/home/<username> when absent; /dev/null for none'),
})

const group = y.struct('a group', {
  groupName: y.key('groupname', y.string),
  gid: y.uint32,
  members: strings,
})

const accounts = y.struct('accounts', {
  runAs: y.key('run-as', y.string, 'user name or uid the image runs as'),
  users: y.listOf(user),
  groups: y.listOf(group),
})

const path = y.struct('a path', {
  path: y.string,
  type: y.described('directory, empty-file, hardlink, symlink or permissions', y.string),
  uid: y.optional(y.uint32),
  gid: y.optional(y.uint32),
  permissions: y.described('mode bits such as 0o755; 0 when absent', y.uint32),
  source: y.described('target of a link', y.string),
  recursive: y.bool,
})

const layering = y.struct('layering', {
  strategy: y.described('origin', y.string),
  budget: y.described('most package layers', y.int),
})

const certificates = y.struct('certificates', {
  additional: y.described('certificates added to the trust stores', y.listOf(namedContent)),
  providers: y.described('provides entries of packages with trust stores', strings),
})

/** YAML of an image configuration. */
export const imageConfigType: Type<ImageConfig> = y.struct('the image configuration', {
  contents,
  entrypoint,
  cmd: y.described('arguments of the entrypoint, split into words', y.string),
  stopSignal: y.key('stop-signal', y.string),
  workDir: y.key('work-dir', y.string),
  accounts,
  archs: y.described(
    'architectures to build',
    y.converted(strings, (names) => names.map(parseArch)),
  ),
  environment: y.mapOf(y.string),
  paths: y.listOf(path),
  vcsUrl: y.key('vcs-url', y.string, 'url@revision of the configuration'),
  annotations: y.described('OCI annotations and labels', y.mapOf(y.string)),
  include: y.described('configuration file merged under this one', y.string),
  volumes: strings,
  layering: y.optional(layering),
  certificates: y.optional(certificates),
})
