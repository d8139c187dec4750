export { type Artifact, type ArtifactInput, buildArtifact, referrerJson } from './artifact.ts'
export { type BlobContent, partsOf, readBlob, sliceBlob } from './blob-content.ts'
export { storedDocument } from './document.ts'
export { OciError, type OciErrorCode } from './error.ts'
export { type BaseConfig, buildImageConfig, type ImageConfigInput, withCreated } from './image-config.ts'
export {
  type Compression,
  compressorName,
  DEFAULT_COMPRESSION,
  hasZstd,
  parseCompression,
  takesPieces,
} from './layer/compression.ts'
export { ContentFiles } from './layer/content-files.ts'
export type { LayerEntry } from './layer/entry.ts'
export { type KeyedRun, type KeyedRuns, keyedRuns } from './layer/keyed-runs.ts'
export type { FileRange, Piece, PieceSource } from './layer/pieces.ts'
export { type Identify, runKey } from './layer/run-key.ts'
export { layerRuns, RUN_SIZE, type Run } from './layer/runs.ts'
export type { LayerSink, PlacedSegment, Segment, SegmentSource, StoredAt } from './layer/segment.ts'
export type { TarHash } from './layer/tar-hash.ts'
export { openTarHasher, type TarHasher } from './layer/tar-hasher.ts'
export { tarSegments } from './layer/tar-segments.ts'
export {
  type LayerOptions,
  type LayerReuse,
  type WrittenLayer,
  writeLayer,
  writeLayerFile,
} from './layer/write-layer.ts'
export { buildIndex, buildManifest, type IndexInput, type ManifestInput, platformName } from './manifest.ts'
export { type DistributeInput, distributeEntries, type LayerPlan, type OwnedEntry } from './plan/distribute.ts'
export { groupPackages, type Layering, type LayerPackage } from './plan/groups.ts'
export {
  type Descriptor,
  type Image,
  type ImageIndex,
  type Layer,
  type LayerBlob,
  MEDIA_TYPE,
  type Platform,
  type StoredDocument,
} from './types.ts'
