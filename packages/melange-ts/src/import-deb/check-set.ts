import { compareVersions } from '@apkts/apk'
import { apkVersionOf } from './choose.ts'
import { compareDebianVersions } from './debian-version.ts'
import { ImportError } from './error.ts'
import type { GatheredDeb } from './gather.ts'
import type { ImportOptions } from './options.ts'
import { controlPartOf, type ImportState } from './state.ts'

/**
 * Refuses a set that cannot become one repository: two packages of one name (`DEB_DUPLICATE`), or a package whose apk
 * version would be on the wrong side of the one it replaces (`DEB_ORDER_LOST`).
 */
export function checkSet(debs: readonly GatheredDeb[], state: ImportState, { keepEpoch }: ImportOptions): void {
  const seen = new Map<string, GatheredDeb>()
  for (const deb of debs) {
    const { control } = deb.part
    const other = seen.get(control.name)
    if (other !== undefined && other.sha256 !== deb.sha256) {
      throw new ImportError(
        'DEB_DUPLICATE',
        `expected one package ${control.name}, found ${other.file} and ${deb.file}`,
      )
    }
    seen.set(control.name, deb)
  }
  for (const earlier of state.debs) {
    const before = controlPartOf(earlier).control
    const now = seen.get(before.name)?.part.control
    if (now === undefined) continue
    const debian = Math.sign(compareDebianVersions(before.version, now.version))
    const apk = Math.sign(
      compareVersions(apkVersionOf(before, before.version, keepEpoch), apkVersionOf(now, now.version, keepEpoch)),
    )
    if (debian * apk >= 0) continue
    throw new ImportError(
      'DEB_ORDER_LOST',
      `${now.name} ${now.versionText} is newer than ${before.versionText} by its epoch only, which apk versions do not show`,
      {
        hint: 'Import with --keep-epoch, into a new directory.',
      },
    )
  }
}
