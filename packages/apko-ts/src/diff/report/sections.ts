import { formatBytes } from '@apkts/diagnostics/cli'
import type { OwnedChange, PlatformDifference } from '../compare.ts'
import { CAPABILITY, capabilitiesText } from '../files/capabilities.ts'
import { type FileAspect, isOnlyTime } from '../files/compare.ts'
import type { FileFacts } from '../files/facts.ts'
import type { PackageChange } from '../packages/compare.ts'
import type { PackageFacts } from '../packages/facts.ts'
import type { SettingChange } from '../settings/compare.ts'

/** A part of a report: what it is about, in numbers, and a line for everything in it. */
export interface Section {
  readonly title: string
  readonly summary: string
  readonly lines: readonly Line[]
}

/** `+` for what came, `-` for what went, `~` for what changed, `!` for what somebody should look at. */
export interface Line {
  readonly mark: '+' | '-' | '~' | '!'
  readonly subject: string
  readonly details: string
}

/** The parts of a report about one platform; those without a difference are left out. */
export function platformSections(found: PlatformDifference): Section[] {
  const { packages, licenses, settings, privileges, files } = found
  const licenseLines = [
    ...licenses.gained.map(({ license, packages: names }) => line('+', license, names.join(' '))),
    ...licenses.lost.map(({ license, packages: names }) => line('-', license, names.join(' '))),
  ]
  const timed = files.filter(isOnlyTime).length
  return [
    section('packages', packages.map(packageLine)),
    section('licenses', licenseLines),
    section('configuration', settings.map(settingLine)),
    section(
      'privileges',
      privileges.map(({ path, gained, lost }) =>
        line(
          '!',
          path,
          [...gained.map((right) => `now ${right}`), ...lost.map((right) => `no longer ${right}`)].join(', '),
        ),
      ),
    ),
    section('files', files.filter((change) => !isOnlyTime(change)).map(fileLine), timed),
  ].filter((part) => part.summary !== '')
}

/** The part about configurations or lock files as a whole. */
export function settingsSection(settings: readonly SettingChange[]): Section {
  return section('settings', settings.map(settingLine))
}

function section(title: string, lines: readonly Line[], timed = 0): Section {
  const count = (mark: Line['mark'], word: string) => {
    const n = lines.filter((item) => item.mark === mark).length
    return n === 0 ? [] : [`${n} ${word}`]
  }
  const counts = [
    ...count('+', 'added'),
    ...count('-', 'removed'),
    ...count('~', 'changed'),
    ...count('!', 'to look at'),
  ]
  const summary = [...counts, ...(timed === 0 ? [] : [`${timed} with another time only`])].join(', ')
  return { title, summary, lines }
}

function line(mark: Line['mark'], subject: string, details = ''): Line {
  return { mark, subject, details }
}

function packageLine({ name, before, after, kind }: PackageChange): Line {
  if (before === undefined) return line('+', name, aboutPackage(after!))
  if (after === undefined) return line('-', name, aboutPackage(before))
  const licenses = before.license !== '' && after.license !== '' && before.license !== after.license
  const licensed = licenses ? `, license ${before.license} → ${after.license}` : ''
  if (kind === 'rebuilt') return line('~', name, `${after.version} was built again${licensed}`)
  if (kind === 'relicensed') return line('~', name, `${after.version}${licensed}`)
  return line('~', name, `${before.version} → ${after.version}${kind === 'downgraded' ? ' (older)' : ''}${licensed}`)
}

function aboutPackage({ version, license, size }: PackageFacts): string {
  return [version, ...(size === 0 ? [] : [formatBytes(size)]), ...(license === '' ? [] : [license])].join(', ')
}

function settingLine({ field, before, after }: SettingChange): Line {
  if (before === undefined) return line('+', field, after ?? '')
  if (after === undefined) return line('-', field, before)
  return line('~', field, `${before || '""'} → ${after || '""'}`)
}

function fileLine({ path, before, after, aspects }: OwnedChange): Line {
  if (before === undefined) return line('+', path, aboutFile(after!))
  if (after === undefined) return line('-', path, aboutFile(before))
  const shown = aspects.filter((aspect) => aspect !== 'mtime' && !(aspects.includes('type') && aspect === 'content'))
  return line('~', path, shown.map((aspect) => `${aspect}${ASPECTS[aspect](before, after)}`).join(', '))
}

function aboutFile(facts: FileFacts): string {
  const { type, size, link, uid, gid } = facts
  const what = type === 'file' ? formatBytes(size) : link === undefined ? type : `${type} → ${link}`
  const owner = uid === 0 && gid === 0 ? [] : [`owner ${uid}:${gid}`]
  return [what, ...(type === 'symlink' ? [] : [modeText(facts)]), ...owner].join(', ')
}

type Describe = (before: FileFacts, after: FileFacts) => string

const ASPECTS: Readonly<Record<FileAspect, Describe>> = {
  type: (a, b) => ` ${a.type} → ${b.type}`,
  content: (a, b) =>
    a.size === b.size ? ` (${formatBytes(a.size)})` : ` ${formatBytes(a.size)} → ${formatBytes(b.size)}`,
  mode: (a, b) => ` ${modeText(a)} → ${modeText(b)}`,
  owner: (a, b) => ` ${a.uid}:${a.gid} → ${b.uid}:${b.gid}`,
  link: (a, b) => ` ${a.link ?? '""'} → ${b.link ?? '""'}`,
  device: (a, b) => ` ${a.device ?? '""'} → ${b.device ?? '""'}`,
  capabilities: (a, b) => ` ${rights(a)} → ${rights(b)}`,
  xattrs: () => '',
  mtime: () => '',
}

function modeText({ mode }: FileFacts): string {
  return mode.toString(8).padStart(4, '0')
}

function rights({ xattrs }: FileFacts): string {
  const value = xattrs?.get(CAPABILITY)
  return value === undefined ? 'none' : capabilitiesText(value)
}
