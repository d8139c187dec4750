import { dynamicNames, goBuildSettings, interpreter, parseElf } from '../elf/index.ts'
import { type TreeEntry, withContent } from '../tree/index.ts'

export interface ElfFacts {
  readonly machine: number
  readonly sectionNames: readonly string[]
  readonly sonames: readonly string[]
  readonly needed: readonly string[]
  readonly interpreter: string | undefined
  /** True for Go programs whose cryptography calls OpenSSL's validated module. */
  readonly needsFipsProvider: boolean
}

const FIPS_EXPERIMENTS: ReadonlySet<string> = new Set(['boringcrypto', 'systemcrypto', 'opensslcrypto'])

const known = new WeakMap<TreeEntry, { facts: ElfFacts | undefined }>()

/** What an ELF file says about itself; undefined for other files. Read once per entry: links lead here again and again. */
export function elfFacts(entry: TreeEntry): ElfFacts | undefined {
  const before = known.get(entry)
  if (before !== undefined) return before.facts
  const facts = readFacts(entry)
  known.set(entry, { facts })
  return facts
}

function readFacts(entry: TreeEntry): ElfFacts | undefined {
  return withContent(entry.content, (file) => {
    const elf = parseElf(file)
    if (elf === undefined) return undefined
    return {
      machine: elf.machine,
      sectionNames: elf.sections.map(({ name }) => name),
      ...dynamicNames(file, elf),
      interpreter: interpreter(file, elf),
      needsFipsProvider: needsFipsProvider(goBuildSettings(file, elf)),
    }
  })
}

function needsFipsProvider(settings: ReadonlyMap<string, string> | undefined): boolean {
  if (settings === undefined) return false
  const experiment = settings.get('GOEXPERIMENT') ?? ''
  const linked = settings.get('CGO_ENABLED') === '1' && FIPS_EXPERIMENTS.has(experiment)
  return linked || settings.get('microsoft_systemcrypto') === '1'
}
