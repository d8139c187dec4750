import { formatIndex, parseIndex, splitApk } from '@apkts/apk'
import {
  goGzip,
  gunzipAll,
  melangeBlockGzipSync,
  melangeGzip,
  parseTar,
  type TarMember,
  writeTar,
} from '@apkts/archive'
import { concatBytes, sha1, sha1Hex, sha256Hex, utf8, utf8Decode } from '@apkts/encoding'
import { type PrivateKey, signControl, signIndex } from '@apkts/keyring'
import { parse } from 'yaml'

const MAX_DATA = 1 << 30
const TOOL = /"Tool: melange-ts \([^)]*\)"/
const MELANGE = '"Tool: melange (devel)"'
const CHECKSUM = 'APK-TOOLS.checksum.SHA1'

/** What a package's record in an index depends on. */
export interface Identity {
  readonly checksum: Uint8Array
  readonly size: number
  readonly installedSize: number
}

/**
 * A package of ours as it would be if its SBOM named the program that made the recorded one, everything else unchanged: the one
 * difference that cannot be avoided, with the sizes, digests and signature that follow from it. The scripts of built-in pipelines
 * are our own, too: a `.melange.yaml` that differs from the recorded one in nothing else is taken as equal.
 */
export function packageAsMelange(
  bytes: Uint8Array,
  key: PrivateKey | undefined,
  recordedYaml = '',
): { bytes: Uint8Array; identity: Identity } {
  const { controlMembers, dataOffset } = splitApk(bytes, 'package')
  const data = parseTar(gunzipAll(bytes.subarray(dataOffset), MAX_DATA)).map(renameTool)
  const growth = data.reduce((sum, { growth }) => sum + growth, 0)
  const section = melangeBlockGzipSync(writeTar(data.map(({ member }) => member)))
  const installedSize = splitApk(bytes, 'package').pkgInfo.size + growth
  const control = controlMembers.map((member) => {
    const text = utf8Decode(member.content)
    if (member.header.path === '.melange.yaml') return withContent(member, utf8(sameButScripts(text, recordedYaml)))
    if (member.header.path !== '.PKGINFO') return member
    const datahash = `datahash = ${sha256Hex(section)}`
    return withContent(
      member,
      utf8(text.replace(/^size = \d+$/m, `size = ${installedSize}`).replace(/^datahash = .*$/m, datahash)),
    )
  })
  const compressed = melangeGzip(writeTar(control, { end: false }))
  const signature = key === undefined ? [] : [signControl(compressed, key, control[0]!.header.mtime)]
  const whole = concatBytes([...signature, compressed, section])
  return { bytes: whole, identity: { checksum: sha1(compressed), size: whole.length, installedSize } }
}

function sameButScripts(text: string, recorded: string): string {
  const comparable = (yaml: string): string => JSON.stringify(withoutBuiltinScripts(parse(yaml), false))
  return recorded !== '' && text !== recorded && comparable(text) === comparable(recorded) ? recorded : text
}

function withoutBuiltinScripts(value: unknown, inside: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutBuiltinScripts(item, inside))
  if (typeof value !== 'object' || value === null) return value
  const within = inside || 'uses' in value
  const entries = Object.entries(value).filter(([key]) => !(within && (key === 'runs' || key === 'pipeline')))
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutBuiltinScripts(item, within)]))
}

function renameTool(member: TarMember): { member: TarMember; growth: number } {
  if (!/^var\/lib\/db\/sbom\/.*\.spdx\.json$/.test(member.header.path)) return { member, growth: 0 }
  const content = utf8(utf8Decode(member.content).replace(TOOL, MELANGE))
  const pax = new Map([...member.header.pax, [CHECKSUM, utf8(sha1Hex(content))] as const])
  const renamed = withContent({ ...member, header: { ...member.header, pax } }, content)
  return { member: renamed, growth: content.length - member.content.length }
}

function withContent(member: TarMember, content: Uint8Array): TarMember {
  return { ...member, content, header: { ...member.header, size: content.length } }
}

/** The same for the index of such packages; `identities` by `name-version`. */
export function indexAsMelange(
  bytes: Uint8Array,
  identities: ReadonlyMap<string, Identity>,
  key: PrivateKey | undefined,
): Uint8Array {
  const members = parseTar(gunzipAll(bytes, MAX_DATA)).filter(({ header }) => !header.path.startsWith('.SIGN.'))
  const rewritten = members.map((member) => {
    if (member.header.path !== 'APKINDEX') return member
    const records = parseIndex(utf8Decode(member.content)).map((record) => {
      return { ...record, ...identities.get(`${record.name}-${record.version}`) }
    })
    return withContent(member, utf8(formatIndex(records)))
  })
  const unsigned = goGzip(writeTar(rewritten))
  return key === undefined ? unsigned : signIndex(unsigned, key)
}
