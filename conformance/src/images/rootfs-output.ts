import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256Hex } from '@apkts/encoding'
import type { GoldenCase } from './golden-case.ts'
import { firstMemberDifference } from './layer-records.ts'

/** First difference of a root file system archive (tar or cpio) from what was recorded; these are exact files. */
export async function compareOutput(golden: GoldenCase, cwd: string): Promise<string | undefined> {
  const { argv, outputSha256, outputSize } = golden.facts
  const path = join(cwd, argv[3] ?? '')
  const bytes = await readFile(path)
  if (sha256Hex(bytes) === outputSha256 && bytes.length === outputSize) return undefined
  const sizes = `${bytes.length} bytes, expected ${outputSize}`
  if (argv[1] !== 'build-minirootfs') return `content differs (${sizes})`
  return `${sizes}: ${await firstMemberDifference(createReadStream(path), await golden.expectedText('rootfs.jsonl'))}`
}
