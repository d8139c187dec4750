export {
  type BlockGzipOptions,
  type DeflateJob,
  deflateBlock,
  melangeBlockGzip,
  melangeBlockGzipSync,
} from './block-gzip.ts'
export { type FastDeflateOptions, fastDeflate, type StreamEnd } from './fast-deflate.ts'
export { type EarlierGzip, goGzip } from './go-gzip.ts'
export { melangeGzip } from './melange-gzip.ts'
