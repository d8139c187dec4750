import { join } from 'node:path'

/** Where the streams of a package are while it is expanded, and stay. */
export interface StreamNames {
  readonly signature: string
  readonly control: string
  readonly compressedData: string
  readonly data: string
}

/** The streams are numbered as they follow each other in the package. */
export function streamNames(work: string, signed: boolean): StreamNames {
  const first = signed ? 1 : 0
  return {
    signature: join(work, 'stream-0.tar.gz'),
    control: join(work, `stream-${first}.tar.gz`),
    compressedData: join(work, `stream-${first + 1}.tar.gz`),
    data: join(work, `stream-${first + 1}.tar`),
  }
}
