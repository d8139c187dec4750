import { type Type, y } from '../decode/types.ts'
import { ALL_ARCHS, parseArch, toApkArch } from './archs.ts'
import type { ImageConfig } from './types.ts'

/** Names of keys and certificates, which become file names. */
export const FILE_NAME = /^[a-zA-Z0-9_-]+[a-zA-Z0-9_.-]*$/

const strings = y.listOf(y.string)

const namedContent = y.struct('an entry with name and content', {
  name: y.described('file name', y.string, { required: true, pattern: FILE_NAME.source }),
  content: y.described('PEM text', y.string),
})

const contents = y.struct('contents', {
  buildRepositories: y.key('build_repositories', strings, 'repositories used by the build only'),
  runtimeRepositories: y.key('runtime_repositories', strings, 'repositories written to the image only'),
  repositories: y.described(
    'repositories used by the build and written to the image; @tag URL for tagged ones',
    strings,
  ),
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
  type: y.described('service-bundle for a supervision tree, otherwise empty', y.string, {
    examples: ['service-bundle'],
  }),
  command: y.described('command line, split into words', y.string),
  shellFragment: y.key('shell-fragment', y.string, 'text run by /bin/sh -c; wins over command'),
  services: y.described('name and command line of each supervised service', y.mapOf(y.string)),
})

const user = y.struct('a user', {
  userName: y.key('username', y.string, 'name in /etc/passwd', { required: true, minLength: 1 }),
  uid: y.described('not 0: for root write run-as: 0', y.uint32, { required: true, minimum: 1 }),
  gid: y.described('the uid when absent', y.optional(y.uint32)),
  shell: y.described('/bin/sh when absent', y.string, { examples: ['/bin/sh', '/sbin/nologin'] }),
  homeDir: y.key('homedir', y.string, '/home/<username> when absent; /dev/null for none'),
})

const group = y.struct('a group', {
  groupName: y.key('groupname', y.string, 'name in /etc/group', { required: true, minLength: 1 }),
  gid: y.described('0 when absent', y.uint32),
  members: y.described('names of its users', strings),
})

const accounts = y.struct('accounts', {
  runAs: y.key('run-as', y.string, 'user name or uid the image runs as'),
  users: y.described('added to /etc/passwd and /etc/shadow', y.listOf(user)),
  groups: y.described('added to /etc/group', y.listOf(group)),
})

const path = y.struct('a path', {
  path: y.described('where it is in the image', y.string),
  type: y.described('what is done with the path', y.string, {
    required: true,
    enum: ['directory', 'empty-file', 'hardlink', 'symlink', 'permissions'],
  }),
  uid: y.described('owner; untouched when neither uid nor gid is given', y.optional(y.uint32)),
  gid: y.described('group; untouched when neither uid nor gid is given', y.optional(y.uint32)),
  permissions: y.described('mode bits such as 0o755; 0, which nobody may read, when absent', y.uint32),
  source: y.described('target of a link', y.string),
  recursive: y.described('also everything below the path', y.bool),
})

const layering = y.struct('layering', {
  strategy: y.described('how packages are grouped: by the origin they were built from', y.string, {
    enum: ['origin', ''],
  }),
  budget: y.described('most package layers; the top layer comes on top of them', y.int, { minimum: 0 }),
})

const certificates = y.struct('certificates', {
  additional: y.described('certificates added to the trust stores', y.listOf(namedContent)),
  providers: y.described('provides entries of packages with trust stores', strings),
})

/** Shape of the YAML of an image configuration: the decoder and the JSON Schema come from it. */
export const imageConfigType: Type<ImageConfig> = y.struct('the image configuration', {
  contents: y.described('what is installed, and from where', contents),
  entrypoint: y.described('what the image runs', entrypoint),
  cmd: y.described('arguments of the entrypoint, split into words', y.string),
  stopSignal: y.key('stop-signal', y.string, 'signal that asks the image to end', { examples: ['SIGTERM', 'SIGQUIT'] }),
  workDir: y.key('work-dir', y.string, 'directory the image starts in'),
  accounts: y.described('users and groups', accounts),
  archs: y.described(
    `architectures to build, all when absent: ${ALL_ARCHS.map(toApkArch).join(', ')}`,
    y.converted(strings, (names) => names.map(parseArch)),
  ),
  environment: y.described('environment variables', y.mapOf(y.string)),
  paths: y.described('files, directories and links made or changed after installation, in order', y.listOf(path)),
  vcsUrl: y.key('vcs-url', y.string, 'url@revision of the configuration'),
  annotations: y.described('OCI annotations and labels', y.mapOf(y.string)),
  include: y.described('configuration file merged under this one', y.string),
  volumes: y.described('directories that hold data', strings),
  layering: y.described('several layers instead of one', y.optional(layering)),
  certificates: y.described('certificates the image trusts', y.optional(certificates)),
})
