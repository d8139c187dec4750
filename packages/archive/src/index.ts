export { ByteSource } from './byte-source.ts'
export { type ContentRef, contentSize, readContent, readContentFully, scanContent, sliceContent } from './content.ts'
export { CPIO_END, CPIO_TYPE, type CpioMember, cpioHeader, cpioPadding } from './cpio.ts'
export { combineCrc32 } from './crc32-combine.ts'
export { decompressModule } from './decompress.ts'
export { DEFLATE_BLOCKS } from './deflate-blocks.ts'
export { ArchiveError, type ArchiveErrorCode, sizeLimitError } from './error.ts'
export {
  type BlockGzipOptions,
  type DeflateJob,
  deflateBlock,
  type EarlierGzip,
  goGzip,
  melangeBlockGzip,
  melangeBlockGzipSync,
  melangeGzip,
} from './go-deflate/index.ts'
export { gunzipAll, type InflateInfo, inflateMember, isZlibError } from './gunzip.ts'
export { gunzipStream } from './gunzip-stream.ts'
export { gunzipWhole } from './gunzip-whole.ts'
export {
  type ByteSink,
  createGzipWriter,
  type GzipHeader,
  type GzipOptions,
  type GzipWriter,
  gzip,
  gzipHeader,
  gzipTrailer,
} from './gzip.ts'
export { readGzipMember, type StreamedGzipMember } from './gzip-member-stream.ts'
export { kernelVersion, moduleVersion } from './kernel-version.ts'
export { statedSize } from './stated-size.ts'
export { encodeTarHeader, TAR_END, tarPadding } from './tar-encode.ts'
export { parseTar, type ScannedTar, scanTar } from './tar-parse.ts'
export { readTar, type StreamedMember } from './tar-read.ts'
export { TarScanner, type TarVisitor } from './tar-scanner.ts'
export { type TarInput, writeTar } from './tar-write.ts'
export { type TarFormat, type TarHeader, type TarLimits, type TarMember, type TarType, tarHeader } from './types.ts'
export { writeFully } from './write-fully.ts'
