import { CASE_TIME, type EntrySpec } from '../case.ts'
import type { Random } from '../random.ts'

const DIRECTORIES = [
  'usr',
  'usr/bin',
  'usr/lib',
  'usr/share',
  'usr/share/doc',
  'etc',
  'etc/conf.d',
  'lib',
  'bin',
  'sbin',
  'opt/app',
  'var/lib/data',
  'var/tmp',
  'tmp',
  'srv/été',
  'home/user',
  'root',
  'usr/share/日本',
  'a b/c',
  'dev',
  `usr/share/${'long-'.repeat(21)}dir`,
]

const NAMES = ['a', 'b', 'conf', 'lib.so.1', 'Z', 'a-b', 'a.b', 'ünï', 'with space', '0', 'x'.repeat(101), '%41', '~']

const TEXTS = [
  '',
  'x',
  'y',
  'same content\n',
  '#!/bin/sh\necho hi\n',
  'base64:AAECAwT/',
  'z'.repeat(1025),
  'é<&>"\n',
  'q'.repeat(512),
]

/** Entries of a data section: directories before what is in them, mostly. `own` makes names that no other package has. */
export function dataEntries(random: Random, own: string): EntrySpec[] {
  const entries: EntrySpec[] = []
  const known = new Set<string>()
  const files: string[] = []
  for (const directory of random.some(DIRECTORIES, 1, 5)) {
    addDirectories(random, directory, known, entries)
    for (let count = random.int(0, 4); count > 0; count--) {
      const name = random.chance(0.93) ? `${random.pick(NAMES)}-${own}` : random.pick(NAMES)
      const path = `${directory}/${name}`
      if (known.has(path) && random.chance(0.95)) continue
      known.add(path)
      entries.push({ ...entryAt(random, path, files), ...times(random), ...owners(random) })
      if (entries.at(-1)!.type === 'file') files.push(path)
    }
  }
  return random.chance(0.005) ? entries.toReversed() : entries
}

function addDirectories(random: Random, path: string, known: Set<string>, entries: EntrySpec[]): void {
  const parts = path.split('/')
  parts.forEach((_, index) => {
    const directory = parts.slice(0, index + 1).join('/')
    if (known.has(directory) || random.chance(0.003)) return
    known.add(directory)
    entries.push({
      path: directory,
      type: 'directory',
      ...random.maybe(0.3, () => ({ mode: random.pick([0o700, 0o755, 0o1777, 0o2755, 0o750, 0o777, 0o111, 0]) })),
      ...times(random),
      ...owners(random),
      ...random.maybe(0.05, { xattrs: { 'user.dir': 'd' } }),
    })
  })
}

function entryAt(random: Random, path: string, files: readonly string[]): EntrySpec {
  const draw = random.fraction()
  if (draw < 0.65 || (draw >= 0.85 && files.length === 0)) return fileAt(random, path)
  if (draw < 0.85)
    return { path, type: 'symlink', link: linkText(random, files), ...checksum(random), ...xattrs(random, 0.02) }
  if (draw < 0.998) return { path, type: 'hardlink', link: random.chance(0.995) ? random.pick(files) : 'no/such/file' }
  return { path, type: random.pick(['character-device', 'fifo']) }
}

function fileAt(random: Random, path: string): EntrySpec {
  const text = random.pick(TEXTS)
  const mode = { mode: random.pick([0o644, 0o755, 0o600, 0o4755, 0o2755, 0o1644, 0, 0o440, 0o777]) }
  return { path, type: 'file', text, ...random.maybe(0.6, mode), ...checksum(random), ...xattrs(random, 0.08) }
}

function linkText(random: Random, files: readonly string[]): string {
  const targets = [
    'a',
    '../lib/x',
    '/usr/bin/a',
    '/nowhere',
    'é',
    'l'.repeat(101),
    '.',
    '/',
    '../../etc/conf',
    './b',
    'x//y/',
  ]
  return files.length > 0 && random.chance(0.4) ? `/${random.pick(files)}` : random.pick(targets)
}

function xattrs(random: Random, probability: number): Partial<EntrySpec> {
  return random.maybe(probability, { xattrs: { 'security.capability': '\u0001\u0000', 'user.a': 'é=1\n' } })
}

function checksum(random: Random): Partial<EntrySpec> {
  if (random.chance(0.004)) return { checksum: random.pick(['none', 'wrong'] as const) }
  return random.maybe(0.2, { checksum: 'Q1' as const })
}

function times(random: Random): Partial<EntrySpec> {
  return random.maybe(0.4, () => ({
    mtime: random.pick([0, 1, 1_234_567_890, CASE_TIME + 5, 2_000_000_000, 8_589_934_592]),
  }))
}

function owners(random: Random): Partial<EntrySpec> {
  return random.maybe(0.2, () => ({
    uid: random.pick([0, 1, 1000, 65534, 2097152]),
    gid: random.pick([0, 5, 3_000_000]),
    uname: random.pick(['', 'root', 'üser']),
  }))
}
