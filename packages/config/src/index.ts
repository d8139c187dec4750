export { type Decoded, type DecodeOptions, decodeYaml } from './decode/decode.ts'
export type { Source } from './decode/document.ts'
export { type EmitOptions, emitYaml } from './decode/emit.ts'
export { type JsonSchemaOptions, jsonSchema } from './decode/json-schema.ts'
export { type Infer, type Type, y, zeroOf } from './decode/types.ts'
export { ConfigError, type ConfigErrorCode } from './error.ts'
export { formatYaml } from './format/format.ts'
export {
  ALL_ARCHS,
  gnuTriplet,
  hostArch,
  type Libc,
  type Platform,
  parseArch,
  parseArchList,
  platformOf,
  rustTriplet,
  toApkArch,
  toOciArch,
  toQemuArch,
} from './image/archs.ts'
export { ImageConfigError, type ImageConfigErrorCode } from './image/error.ts'
export { imageConfigJson } from './image/json.ts'
export { imageConfigSchema } from './image/json-schema.ts'
export { type LoadedImageConfig, type LoadImageOptions, loadImageConfig, lookupCandidates } from './image/load.ts'
export { copyForArch, mergeImageConfig } from './image/merge.ts'
export { redactRepository, redactUrl } from './image/redact.ts'
export { imageConfigType } from './image/schema.ts'
export {
  type BaseImageRef,
  EMPTY_IMAGE_CONFIG,
  type ImageAccounts,
  type ImageCertificates,
  type ImageConfig,
  type ImageContents,
  type ImageEntrypoint,
  type ImageGroup,
  type ImageLayering,
  type ImageUser,
  type NamedContent,
  type PathMutation,
} from './image/types.ts'
export { type Locate, validateImageConfig } from './image/validate.ts'
export { imageConfigDocument, imageConfigYaml } from './image/yaml.ts'
