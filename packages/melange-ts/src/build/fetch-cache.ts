import { createHash, randomBytes } from 'node:crypto'
import { copyFile, mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { CompiledStep } from '../compile/types.ts'
import { BuildError } from './error.ts'

const MAX_SIZE = 2 ** 30

/** An archive that a recipe downloads. */
export interface Download {
  readonly uri: string
  /** Hex, or empty. */
  readonly sha256: string
  readonly sha512: string
  readonly step: CompiledStep
}

/** Downloads of a pipeline, those of nested steps too, each once. */
export function pipelineDownloads(pipeline: readonly CompiledStep[]): Download[] {
  const found = pipeline.flatMap((step): Download[] => {
    const { uri = '', 'expected-sha256': sha256 = '', 'expected-sha512': sha512 = '' } = step.inputs
    const own = step.uses === 'fetch' && uri !== '' ? [{ uri, sha256, sha512, step }] : []
    return [...own, ...pipelineDownloads(step.uses === 'fetch' ? [] : step.pipeline)]
  })
  return [...new Map(found.map((download) => [download.uri, download])).values()]
}

/**
 * Stores a download in a source cache under the names by which the `fetch` pipeline looks for it; returns those names.
 * @throws BuildError `CHECKSUM` when it is not what the recipe expects; nothing is stored then.
 */
export async function storeDownload(
  directory: string,
  { uri, sha256, sha512, step }: Download,
  content: AsyncIterable<Uint8Array>,
): Promise<string[]> {
  await mkdir(directory, { recursive: true })
  const temporary = join(directory, `.download-${randomBytes(8).toString('hex')}`)
  try {
    const found = await writeHashed(temporary, uri, content)
    for (const [name, wanted, got] of [
      ['SHA-256', sha256, found.sha256],
      ['SHA-512', sha512, found.sha512],
    ] as const) {
      if (wanted === '' || wanted === got) continue
      throw new BuildError('CHECKSUM', `${uri}: expected ${name} ${wanted}, found ${got}`, { at: step.at })
    }
    const names = [
      ...(sha256 !== '' || sha512 === '' ? [`sha256:${found.sha256}`] : []),
      ...(sha512 === '' ? [] : [`sha512:${found.sha512}`]),
    ]
    for (const name of names) await publish(temporary, join(directory, name))
    return names
  } finally {
    await rm(temporary, { force: true })
  }
}

async function writeHashed(path: string, uri: string, content: AsyncIterable<Uint8Array>) {
  const [short, long] = [createHash('sha256'), createHash('sha512')]
  const file = await open(path, 'w', 0o644)
  let size = 0
  try {
    for await (const chunk of content) {
      size += chunk.length
      if (size > MAX_SIZE) throw new BuildError('CHECKSUM', `${uri} is larger than ${MAX_SIZE} bytes`)
      short.update(chunk)
      long.update(chunk)
      await file.writeFile(chunk)
    }
  } finally {
    await file.close()
  }
  return { sha256: short.digest('hex'), sha512: long.digest('hex') }
}

async function publish(temporary: string, target: string): Promise<void> {
  const next = `${temporary}.new`
  await copyFile(temporary, next)
  await rename(next, target)
}
