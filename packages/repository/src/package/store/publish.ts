import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ExpandedApk } from '@apkts/apk'
import { identifyFile, newLink, ownedName } from '@apkts/cache'
import { hex } from '@apkts/encoding'
import { type ExpandedPackage, expandedPackage } from '../expanded.ts'
import type { PackagePlace } from '../place.ts'
import { formatRecord, recordOf } from '../record-file.ts'
import { callHere, type FileCall } from './calls.ts'
import type { DiskThread } from './disk-thread.ts'
import { streamNames } from './names.ts'

/** Where a package was expanded to, and what publishes it. */
export interface Publishing {
  readonly place: PackagePlace
  /** The directory it was expanded into. */
  readonly work: string
  /** For incomplete files, on the same file system. */
  readonly temporaryDir: string
  /** Does it, if there is one. */
  readonly disk: DiskThread | undefined
}

/**
 * Gives the files of a package the names that readers look for. What was there before is damaged, else nobody would have
 * expanded the package: it is replaced. @throws a system error
 */
export async function publish(
  { place, work, temporaryDir, disk }: Publishing,
  expanded: ExpandedApk,
): Promise<ExpandedPackage> {
  const { sections, entries } = expanded
  const names = streamNames(work, sections.signature !== undefined)
  const [control, data] = [hex(sections.control.digest), hex(sections.data.digest)]
  const identity = identifyFile(names.data)!
  const compressed = identifyFile(names.compressedData)
  const record = recordOf(expanded, identity)
  const temporary = join(temporaryDir, ownedName())
  const signature = sections.signature === undefined ? [] : [link(names.signature, place.signature(control))]
  const links = [
    link(names.compressedData, place.compressedData(data)),
    link(names.data, place.data(data)),
    ...signature,
    link(names.control, place.control(control)), // readers start from it, so it comes last
  ]
  const calls: FileCall[] = [
    ['mkdir', temporaryDir, { recursive: true }],
    ['writeFile', temporary, formatRecord(record), { flag: 'wx', mode: 0o644 }],
    ['rename', temporary, place.record(control)],
    ...links.flatMap(({ calls }) => calls),
  ]
  await callOrCleanUp(calls, disk, [temporary, ...links.map((one) => one.temporary)])
  const dataFile = { path: place.data(data), identity, record: place.record(control), compressed }
  return expandedPackage({ ...record, dataFile, installedLines: record.installed, entries })
}

interface Link {
  readonly temporary: string
  readonly calls: readonly FileCall[]
}

/** Makes `name` a relative link to `content`, in one step. */
function link(content: string, name: string): Link {
  const { target, temporary } = newLink(content, name)
  return {
    temporary,
    calls: [
      ['symlink', target, temporary],
      ['rename', temporary, name],
    ],
  }
}

async function callOrCleanUp(
  calls: readonly FileCall[],
  disk: DiskThread | undefined,
  temporaries: readonly string[],
): Promise<void> {
  try {
    if (disk === undefined) callHere(calls)
    else await disk.run(calls)
  } catch (error) {
    for (const path of temporaries) rmSync(path, { force: true })
    throw error
  }
}
