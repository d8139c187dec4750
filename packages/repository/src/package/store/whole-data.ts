import type { ControlPart, DataDigests, WholeData } from '@apkts/apk'
import type { FileCall } from './calls.ts'
import type { DiskThread } from './disk-thread.ts'
import { streamNames } from './names.ts'

/** Has a thread write a package that is at hand into a new directory, `work`, of its own, and digest its data. */
export async function writeWhole(
  disk: DiskThread,
  { directory, work }: { readonly directory: string; readonly work: string },
  { control, signature }: ControlPart,
  { compressed, inflated, files }: WholeData,
): Promise<DataDigests> {
  const names = streamNames(work, signature !== undefined)
  const calls: FileCall[] = [
    ['mkdir', directory, { recursive: true }],
    ['mkdir', work, { mode: 0o700 }],
    ['writeFile', names.control, control, NEW],
    ['writeFile', names.compressedData, compressed, NEW],
    ['writeFile', names.data, inflated, NEW],
  ]
  if (signature !== undefined) calls.push(['writeFile', names.signature, signature, NEW])
  const whole = Float64Array.of(0, compressed.length)
  const stretches = Float64Array.from(files.flatMap(({ offset, size }) => [offset, offset + size]))
  const [section, sums] = await disk.run(calls, [
    { algorithm: 'sha256', bytes: compressed, stretches: whole },
    { algorithm: 'sha1', bytes: inflated, stretches },
  ])
  return { section: section![0]!, files: sums! }
}

const NEW = { flag: 'wx', mode: 0o644 } as const
