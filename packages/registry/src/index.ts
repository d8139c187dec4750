export { type ArchiveDraft, type DraftedArchive, draftArchive } from './archive-draft.ts'
export { writeAtomically } from './atomic.ts'
export { type BaseImage, readBaseImage } from './base-image.ts'
export {
  type Credentials,
  credentialKey,
  DOCKER_HUB_KEY,
  dockerConfigPath,
  findCredentials,
} from './distribution/credentials.ts'
export { type DockerConfig, readDockerConfig } from './distribution/docker-config.ts'
export { checkLogins, type PushedImages, type PushOptions, pushImages } from './distribution/push.ts'
export { storeCredentials } from './distribution/store-credentials.ts'
export { type DockerArchiveInput, dockerManifest, untaggedImages, writeDockerArchive } from './docker-archive.ts'
export { chooseImage, type LoadOptions, loadIntoDaemon } from './docker-daemon.ts'
export { RegistryError, type RegistryErrorCode } from './error.ts'
export { writeOciLayout } from './oci-layout.ts'
export { formatReference, parseReference, type Reference, withTagSuffix } from './reference.ts'
export { type Blob, blobOf, copyImages, type ImageSink } from './sink.ts'
export { openArchive } from './source/archive.ts'
export { openLayout } from './source/layout.ts'
export { openRemote, type RemoteOptions } from './source/remote.ts'
export type { ImageSource, SourceImage, SourceLayer } from './source/types.ts'
