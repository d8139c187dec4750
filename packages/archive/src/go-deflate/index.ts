export { goGzip } from './go-gzip.ts'
