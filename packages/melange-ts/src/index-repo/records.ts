import { readFile } from 'node:fs/promises'
import { type PackageRecord, recordFromPackage, splitApk } from '@apkts/apk'
import type { Log } from '@apkts/diagnostics'
import pLimit from 'p-limit'

const PARALLEL_READS = 4

/** Index records of package files, in order; those of another architecture than `arch` are left out with a warning. */
export async function readPackageRecords(
  files: readonly string[],
  options: { readonly arch?: string; readonly log: Log },
): Promise<PackageRecord[]> {
  const limit = pLimit(PARALLEL_READS)
  const records = await Promise.all(files.map((file) => limit(() => readRecord(file))))
  return records.filter((record, at) => {
    const wanted = options.arch === undefined || options.arch === '' || record.arch === options.arch
    if (!wanted) options.log.warn(`${files[at]} is for ${record.arch}, not ${options.arch}: left out`)
    return wanted
  })
}

async function readRecord(file: string): Promise<PackageRecord> {
  const bytes = await readFile(file)
  const { pkgInfo, sections } = splitApk(bytes, file)
  return recordFromPackage(pkgInfo, sections.control.digest, bytes.length)
}
