import { appendFile } from 'node:fs/promises'
import { writeFileAtomic } from '@apkts/cache'
import { isSystemError, type Log } from '@apkts/diagnostics'
import { goJson, type JsonValue } from '@apkts/encoding'
import type { EmittedPackage } from '../emit/index.ts'
import type { Generated } from '../sca/index.ts'

const BUILD_LOG = 'packages.log'

/** Appends a line `ARCH|ORIGIN|NAME|VERSION` per package to `packages.log` in the working directory. */
export async function appendBuildLog(packages: readonly EmittedPackage[], log: Log): Promise<void> {
  const lines = packages.map(({ record }) => `${[record.arch, record.origin, record.name, record.version].join('|')}\n`)
  try {
    await appendFile(BUILD_LOG, lines.join(''))
  } catch (error) {
    if (!isSystemError(error)) throw error
    log.warn(`cannot write ${BUILD_LOG}: ${error.message}`)
  }
}

/** Writes what was found in the files of each package, one JSON object a line; like melange: of the last package alone. */
export async function writeDependencyLog(
  path: string,
  packages: readonly { readonly name: string; readonly generated: Generated }[],
  { likeMelange }: { readonly likeMelange: boolean },
): Promise<void> {
  const lines = packages.map(({ name, generated: { runtime, provides, vendored } }) => {
    const lists = { runtime: some(runtime), provides: some(provides) }
    return `${goJson(likeMelange ? lists : { name, ...lists, vendored: some(vendored) })}\n`
  })
  await writeFileAtomic(path, likeMelange ? (lines.at(-1) ?? '') : lines.join(''))
}

function some(names: readonly string[]): JsonValue | undefined {
  return names.length === 0 ? undefined : names
}
