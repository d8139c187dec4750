import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Location } from '@apkts/diagnostics'
import type { CompiledStep } from '../compile/types.ts'
import { SourceError } from './error.ts'
import { directoryWithin } from './paths.ts'
import { runTool } from './tool.ts'

const MAX_SIZE = 2 ** 30

export interface UnpackOptions {
  readonly signal: AbortSignal
  /** Bytes of a URL. */
  stream(uri: string): AsyncIterable<Uint8Array>
}

/** Does what a `fetch` step says below `root`: downloads, compares the checksum, unpacks with tar. */
export async function fetchAndUnpack(step: CompiledStep, root: string, options: UnpackOptions): Promise<void> {
  const { uri = '', directory = '.', extract = 'true', 'strip-components': strip = '1' } = step.inputs
  const target = await directoryWithin(root, directory, 'fetch: directory', step.at)
  if (!/^https?:\/\//.test(uri))
    throw new SourceError('SOURCE_INPUT', `fetch: uri: "${uri}" is no URL`, { at: step.at })
  if (!/^\d{1,3}$/.test(strip)) {
    throw new SourceError('SOURCE_INPUT', `fetch: strip-components: expected a number, found "${strip}"`, {
      at: step.at,
    })
  }
  const temporary = await mkdtemp(join(tmpdir(), 'melange-fetch-'))
  try {
    const file = join(temporary, 'source')
    checkSum(step, await downloadSource(file, uri, options))
    if (extract !== 'true') return
    const tree = join(temporary, 'tree')
    await unpackInto(file, tree, { uri, strip: Number(strip), signal: options.signal, at: step.at })
    // Unpacked apart: a link that an earlier source left behind leads nowhere here.
    await cp(tree, target, { recursive: true, verbatimSymlinks: true })
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/** Unpacks an archive of any kind that tar knows into a new directory. */
export async function unpackInto(
  file: string,
  directory: string,
  { uri, strip, signal, at }: { uri: string; strip: number; signal: AbortSignal; at?: Location | undefined },
): Promise<void> {
  await mkdir(directory)
  const flags = ['-x', `--strip-components=${strip}`, '--no-same-owner', '-C', directory, '-f', file]
  const { ok, lines } = await runTool('tar', flags, { cwd: directory, signal })
  if (!ok) throw new SourceError('TOOL_FAILED', `${uri} cannot be unpacked`, { at, notes: lines })
}

interface Sums {
  readonly sha256: string
  readonly sha512: string
}

/** Downloads to a new file; returns its digests in hex. */
export async function downloadSource(path: string, uri: string, { stream, signal }: UnpackOptions): Promise<Sums> {
  const [short, long] = [createHash('sha256'), createHash('sha512')]
  const file = await open(path, 'wx', 0o600)
  let size = 0
  try {
    for await (const chunk of stream(uri)) {
      signal.throwIfAborted()
      size += chunk.length
      if (size > MAX_SIZE) throw new SourceError('SOURCE_CHECKSUM', `${uri} is larger than ${MAX_SIZE} bytes`)
      short.update(chunk)
      long.update(chunk)
      await file.writeFile(chunk)
    }
  } finally {
    await file.close()
  }
  return { sha256: short.digest('hex'), sha512: long.digest('hex') }
}

function checkSum({ inputs, at }: CompiledStep, found: Sums): void {
  for (const name of ['sha256', 'sha512'] as const) {
    const expected = inputs[`expected-${name}`] ?? ''
    if (expected === '' || expected === found[name]) continue
    throw new SourceError('SOURCE_CHECKSUM', `${inputs.uri}: expected ${name} ${expected}, found ${found[name]}`, {
      at,
    })
  }
}
