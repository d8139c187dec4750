import { Readable } from 'node:stream'
import { DiagnosticError, type Log } from '@apkts/diagnostics'
import { ATTEMPTS, codeOf, isPermanentFailure, isRetryableStatus, pauseBefore, type Waiting } from '@apkts/http'
import { readBlob, sliceBlob } from '@apkts/oci'
import { RegistryError } from '../error.ts'
import type { Blob } from '../sink.ts'
import { refusal } from './refusal.ts'
import type { RemoteRepository } from './repository.ts'
import type { Answer } from './requests.ts'
import { locationOf, receivedBytes, startUpload, type UploadSession, uploadStatus } from './upload-session.ts'

export interface UploadOptions {
  readonly waiting: Waiting
  readonly log: Log
  readonly signal?: AbortSignal | undefined
  /** Most bytes sent with one request; default all that is left. */
  readonly chunkSize?: number | undefined
  /** Told of every piece of content that is on its way, in bytes. */
  readonly onProgress?: ((bytes: number) => void) | undefined
}

/** Smaller pieces than this are not tried when a registry finds one too large. */
const SMALLEST_CHUNK = 1 << 20

/**
 * Sends a blob's content into an upload, in pieces where wanted. After a failure goes on where the registry says it is.
 * Returns the URL that completes the upload. @throws RegistryError `UPLOAD_FAILED`, `DENIED`
 */
export async function sendContent(
  remote: RemoteRepository,
  blob: Blob,
  first: UploadSession,
  options: UploadOptions,
): Promise<string> {
  let session = first
  let chunk = options.chunkSize ?? blob.size
  for (let failed = 0; session.offset < blob.size; ) {
    const size = Math.min(Math.max(chunk, session.minChunk, 1), blob.size - session.offset)
    const outcome = await sendPiece(remote, blob, session, size, options)
    if (outcome.answer?.status === 202) {
      session = advanced(session, size, outcome.answer, remote)
      failed = 0
      continue
    }
    const smaller = outcome.answer?.status === 413 ? smallerChunk(size, session) : undefined
    if (smaller !== undefined) chunk = smaller
    else if (!mayGoOn(outcome, options) || ++failed >= ATTEMPTS) throw failure(remote, blob, outcome, options)
    else await pause(remote, blob, outcome, failed, options)
    const resumed = await resume(remote, blob, session, outcome)
    if (resumed.offset > session.offset) failed = 0
    session = resumed
  }
  return session.location
}

/** What came of sending a piece: an answer, or a failure of the connection. */
interface Outcome {
  readonly answer?: Answer
  readonly error?: unknown
}

async function sendPiece(
  remote: RemoteRepository,
  blob: Blob,
  session: UploadSession,
  size: number,
  options: UploadOptions,
): Promise<Outcome> {
  const { offset, location } = session
  const range = size === blob.size ? {} : { 'content-range': `${offset}-${offset + size - 1}` }
  const headers = { 'content-type': 'application/octet-stream', 'content-length': String(size), ...range }
  const body = () => Readable.from(counted(readBlob(sliceBlob(blob.content, offset, size)), options))
  try {
    // Not repeated as it is: the registry may have received a part.
    return { answer: await remote.send({ method: 'PATCH', path: location, headers, body, attempts: 1 }) }
  } catch (error) {
    return { error }
  }
}

async function* counted(chunks: AsyncIterable<Uint8Array>, { onProgress }: UploadOptions) {
  for await (const chunk of chunks) {
    yield chunk
    onProgress?.(chunk.length)
  }
}

function advanced(session: UploadSession, size: number, answer: Answer, remote: RemoteRepository): UploadSession {
  const end = session.offset + size
  const received = receivedBytes(answer) ?? end
  const offset = received > session.offset && received < end ? received : end
  return { ...session, offset, location: locationOf(answer, remote) ?? session.location }
}

function smallerChunk(size: number, { minChunk }: UploadSession): number | undefined {
  const smaller = Math.ceil(size / 2)
  return smaller < Math.max(SMALLEST_CHUNK, minChunk) ? undefined : smaller
}

function mayGoOn({ answer, error }: Outcome, { signal }: UploadOptions): boolean {
  if (signal?.aborted === true) return false
  if (answer !== undefined) return isRetryableStatus(answer.status) || answer.status === 416 || answer.status === 404
  return !(error instanceof DiagnosticError) && codeOf(error) !== undefined && !isPermanentFailure(error)
}

async function pause(
  remote: RemoteRepository,
  blob: Blob,
  { answer, error }: Outcome,
  failed: number,
  { waiting, log, signal }: UploadOptions,
): Promise<void> {
  const why = answer === undefined ? (codeOf(error) ?? 'the connection failed') : `status ${answer.status}`
  log.warn(`${remote.registry}/${remote.repository}: ${why} while ${blob.digest} was sent; going on`)
  await waiting.sleep(pauseBefore(failed, answer, waiting), signal)
}

/** Where an upload goes on: at the registry's offset, or from the start in a new one when it lost the old. */
async function resume(
  remote: RemoteRepository,
  blob: Blob,
  session: UploadSession,
  { answer }: Outcome,
): Promise<UploadSession> {
  const known = await uploadStatus(remote, session)
  // Whoever refuses a range and then says that just that range is next has lost count.
  const isUsable = known !== undefined && !(answer?.status === 416 && known.offset === session.offset)
  if (isUsable && known.offset <= blob.size) return known
  return (await startUpload(remote, blob, undefined))!
}

function failure(remote: RemoteRepository, blob: Blob, { answer, error }: Outcome, { signal }: UploadOptions): unknown {
  if (answer !== undefined) return refusal(remote, blob.digest, answer)
  if (signal?.aborted === true || error instanceof DiagnosticError || codeOf(error) === undefined) return error
  const message = `${remote.registry}/${remote.repository}: the connection broke while ${blob.digest} was sent, ${ATTEMPTS} times without getting further (${codeOf(error)})`
  return new RegistryError('UPLOAD_FAILED', message, {
    cause: error,
    hint: 'Try again later: layers that arrived whole are not sent again.',
  })
}
