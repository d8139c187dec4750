import type { Blob } from '../sink.ts'
import { refusal } from './refusal.ts'
import type { RemoteRepository } from './repository.ts'
import type { Answer } from './requests.ts'

/** An upload under way: where its next bytes go, and how many the registry has. */
export interface UploadSession {
  readonly location: string
  readonly offset: number
  /** Pieces other than the last may not be smaller. */
  readonly minChunk: number
}

/** Begins to upload a blob; undefined when the registry mounted it from the repository `from` instead. */
export async function startUpload(
  remote: RemoteRepository,
  blob: Blob,
  from: string | undefined,
): Promise<UploadSession | undefined> {
  const query = from === undefined ? '' : `?${new URLSearchParams({ mount: blob.digest, from })}`
  const answer = await remote.send({ method: 'POST', path: `blobs/uploads/${query}` })
  if (from !== undefined && answer.status === 201) return undefined
  const location = locationOf(answer, remote)
  if (answer.status !== 202 || location === undefined) throw refusal(remote, blob.digest, answer)
  return { location, offset: 0, minChunk: Number(answer.header('oci-chunk-min-length') ?? 0) || 0 }
}

/** Asks a registry how far an upload got; undefined when it knows nothing of it any more. */
export async function uploadStatus(
  remote: RemoteRepository,
  session: UploadSession,
): Promise<UploadSession | undefined> {
  const answer = await remote.send({ method: 'GET', path: session.location })
  if (answer.status !== 204 && answer.status !== 200 && answer.status !== 202) return undefined
  return { ...session, location: locationOf(answer, remote) ?? session.location, offset: receivedBytes(answer) ?? 0 }
}

export function locationOf(answer: Answer, remote: RemoteRepository): string | undefined {
  const location = answer.header('location')
  return location === undefined ? undefined : remote.absolute(location)
}

/** Number of bytes by a `Range: 0-<last>` header. `0-0` is what registries say about nothing, so one byte is none. */
export function receivedBytes(answer: Answer): number | undefined {
  const last = /^(?:bytes=)?0-(\d+)$/.exec(answer.header('range') ?? '')?.[1]
  if (last === undefined) return undefined
  return last === '0' ? 0 : Number(last) + 1
}
