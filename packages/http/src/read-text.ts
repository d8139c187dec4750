import type { HttpResponse } from './types.ts'

/** The body of a response as text, of which no more than `limit` bytes are kept. */
export async function readText({ body }: HttpResponse, limit: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk.subarray(0, Math.max(0, limit - size)))
    size += chunk.length
    if (size > limit) break
  }
  return Buffer.concat(chunks).toString('utf8')
}
