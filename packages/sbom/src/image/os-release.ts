import { SbomError } from '../error.ts'

/** What an SBOM says about the operating system of an image. */
export interface OperatingSystem {
  readonly id: string
  readonly name: string
  readonly version: string
}

const UNKNOWN: OperatingSystem = { id: 'unknown', name: 'apko-generated image', version: 'unknown' }

/**
 * Reads os-release(5) text the way apko does: double quotes around values go, single quotes stay. Without a file the
 * system is unknown.
 * @throws SbomError `OS_RELEASE_MALFORMED` for a line that is neither empty, a comment, nor `KEY=VALUE`
 */
export function parseOsRelease(text: string | undefined): OperatingSystem {
  if (text === undefined) return UNKNOWN
  const values = new Map<string, string>()
  text.split('\n').forEach((line, i) => {
    if (line.trim() === '' || line.startsWith('#')) return
    const equals = line.indexOf('=')
    if (equals === -1) {
      throw new SbomError(
        'OS_RELEASE_MALFORMED',
        `/etc/os-release of the image, line ${i + 1}: expected KEY=VALUE, found ${line}`,
      )
    }
    values.set(line.slice(0, equals), line.slice(equals + 1).replace(/^"+|"+$/g, ''))
  })
  const value = (key: string) => values.get(key) ?? ''
  return { id: value('ID'), name: value('NAME'), version: value('VERSION_ID') }
}
