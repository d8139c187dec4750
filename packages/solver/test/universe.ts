import type { PackageRecord } from '@apkts/apk'
import type { SolverIndex } from '../src/index.ts'

/** A record from the letters of an index: P, V, D, p, i, o, k. */
export function record(fields: Readonly<Record<string, string>>): PackageRecord {
  const { P = '', V = '', o = '', k = '0' } = fields
  return {
    name: P,
    version: V,
    arch: 'x86_64',
    description: '',
    license: '',
    origin: o,
    maintainer: '',
    url: '',
    commit: '',
    dependencies: list(fields.D),
    provides: list(fields.p),
    installIf: list(fields.i),
    replaces: [],
    size: 0,
    installedSize: 0,
    buildTime: undefined,
    providerPriority: BigInt(k),
    checksum: undefined,
  }
}

function list(text: string | undefined): string[] {
  return text === undefined || text === '' ? [] : text.split(' ')
}

/** An index from one line per record: `name-version D:dep,dep p:provided,… i:… o:origin k:5`. */
export function index(lines: readonly string[], place: { location?: string; tag?: string } = {}): SolverIndex {
  return { tag: place.tag ?? '', location: place.location ?? 'https://r.test/main', records: lines.map(parseLine) }
}

function parseLine(line: string): PackageRecord {
  const [build = '', ...rest] = line.split(' ')
  const split = /^(.*?)-(\d[^-]*(?:-r\d+)?)$/.exec(build)
  if (split === null) throw new Error(`not a build: ${build}`)
  const fields = Object.fromEntries(rest.map((field) => [field[0]!, field.slice(2).replaceAll(',', ' ')]))
  return record({ P: split[1]!, V: split[2]!, ...fields })
}

/** Builds of a solution, in order. */
export function builds(packages: readonly { readonly record: PackageRecord }[]): string[] {
  return packages.map((resolved) => `${resolved.record.name}-${resolved.record.version}`)
}
