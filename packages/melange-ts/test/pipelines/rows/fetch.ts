import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import type { Row } from '../row.ts'

const hash = (algorithm: string, text: string | Uint8Array) => createHash(algorithm).update(text).digest('hex')
const [SHA256, SHA512] = [hash('sha256', 'data\n'), hash('sha512', 'data\n')]
const [OTHER256, OTHER512] = ['0'.repeat(64), '0'.repeat(128)]
const FLAGS = '-T5 --dns-timeout=20 --tries=5 --random-wait --retry-connrefused --continue'
/** Leaves what a server would have sent. */
const WGET = 'for uri; do :; done; echo data > "$(basename "$uri")"'
const uri = 'https://example.com/x.txt'
const row = (title: string, rest: Partial<Row>): Row => ({ title, uses: 'fetch', ...rest })
const PACKED = { uri, extract: 'false' }

/** A tar archive of `top/file` and `top/sub/deep`, which rows carry as Latin-1 text of its bytes. */
const TAR = execFileSync(
  'sh',
  [
    '-c',
    'd=$(mktemp -d) && cd "$d" && mkdir -p top/sub && echo f > top/file && echo d > top/sub/deep && tar -cf - top; rm -r "$d"',
  ],
  { encoding: 'utf8' },
)

export const FETCH: readonly Row[] = [
  row('downloads, checks and keeps a file', {
    with: { ...PACKED, 'expected-sha256': SHA256 },
    tools: { wget: WGET },
    ran: [`wget ${FLAGS} ${uri}`],
    prints: [`fetch: Expected sha256: ${SHA256}`],
    leavesOnly: { 'x.txt': 'data\n' },
  }),
  row('SHA-512', {
    with: { ...PACKED, 'expected-sha512': SHA512 },
    tools: { wget: WGET },
    ran: [`wget ${FLAGS} ${uri}`],
    prints: [`fetch: Expected sha512: ${SHA512}`],
  }),
  row('SHA-256 wins over SHA-512', {
    with: { ...PACKED, 'expected-sha256': SHA256, 'expected-sha512': OTHER512 },
    files: { 'x.txt': 'data\n' },
    prints: [`fetch: Expected sha256: ${SHA256}`],
  }),
  row('a difference names both', {
    with: { ...PACKED, 'expected-sha256': OTHER256 },
    files: { 'x.txt': 'data\n' },
    prints: [`fetch: Expected sha256: ${OTHER256}`, `fetch: Expected sha256 does not match found: ${SHA256}`],
    fails: 1,
  }),
  row('a difference names both, SHA-512', {
    with: { ...PACKED, 'expected-sha512': OTHER512 },
    files: { 'x.txt': 'data\n' },
    prints: [`fetch: Expected sha512: ${OTHER512}`, `fetch: Expected sha512 does not match found: ${SHA512}`],
    fails: 1,
  }),
  row('digits of a digest are compared as they are written', {
    with: { ...PACKED, 'expected-sha256': SHA256.toUpperCase() },
    files: { 'x.txt': 'data\n' },
    fails: 1,
  }),
  row('no digest, and none wanted', {
    with: { ...PACKED, 'expected-none': 'yes' },
    files: { 'x.txt': 'anything' },
    prints: ['fetch: Checksum validation skipped'],
  }),
  row('expected-none wins over a digest', {
    with: { ...PACKED, 'expected-none': 'yes', 'expected-sha256': OTHER256 },
    files: { 'x.txt': 'anything' },
    prints: ['fetch: Checksum validation skipped'],
  }),
  row('no digest', {
    with: PACKED,
    files: { 'x.txt': 'data\n' },
    prints: ['One of expected-sha256 or expected-sha512 is required'],
    fails: 1,
  }),
  row('the cache instead of the network', {
    with: { ...PACKED, 'expected-sha256': SHA256 },
    files: { [`/var/cache/melange/sha256:${SHA256}`]: 'data\n' },
    prints: [`fetch: found /var/cache/melange/sha256:${SHA256} in cache`, `fetch: Expected sha256: ${SHA256}`],
    leaves: { 'x.txt': 'data\n' },
  }),
  row('the cache by SHA-512', {
    with: { ...PACKED, 'expected-sha512': SHA512 },
    files: { [`/var/cache/melange/sha512:${SHA512}`]: 'data\n' },
    prints: [`fetch: found /var/cache/melange/sha512:${SHA512} in cache`, `fetch: Expected sha512: ${SHA512}`],
  }),
  row('a spoiled cache is found out', {
    with: { ...PACKED, 'expected-sha256': SHA256 },
    files: { [`/var/cache/melange/sha256:${SHA256}`]: 'spoiled' },
    fails: 1,
  }),
  row('nothing is written to the cache', {
    with: { ...PACKED, 'expected-sha256': SHA256 },
    files: { '/var/cache/melange': 'directory', 'x.txt': 'data\n' },
    leavesOnly: { '/var/cache/melange': 'directory', 'x.txt': 'data\n' },
  }),
  row('a failing download', {
    with: { ...PACKED, 'expected-sha256': SHA256 },
    tools: { wget: 'exit 8' },
    ran: [`wget ${FLAGS} ${uri}`],
    fails: 8,
  }),
  row('a URL of a directory, whose file gets another name', {
    with: { uri: 'https://example.com/dir/', extract: 'false', 'expected-sha256': SHA256 },
    tools: { wget: 'echo data > index.html' },
    ran: [`wget ${FLAGS} https://example.com/dir/`],
    prints: [
      `fetch: Expected sha256: ${SHA256}`,
      'fetch: wget left no file named dir; does the URL end in the name of a file?',
    ],
    fails: 1,
  }),
  row('time-outs and tries', {
    with: { ...PACKED, 'expected-sha256': SHA256, timeout: '60', 'dns-timeout': '7', 'retry-limit': '1' },
    tools: { wget: WGET },
    ran: [`wget -T60 --dns-timeout=7 --tries=1 --random-wait --retry-connrefused --continue ${uri}`],
  }),
  row('unpacks without the top directory', {
    with: { uri: 'https://example.com/x.tar', 'expected-sha256': hash('sha256', TAR) },
    files: { 'x.tar': TAR },
    leavesOnly: { 'x.tar': TAR, file: 'f\n', 'sub/deep': 'd\n' },
  }),
  row('unpacks elsewhere, with all directories, and deletes', {
    with: {
      uri: 'https://example.com/x.tar',
      'expected-sha256': hash('sha256', TAR),
      directory: "a place's",
      'strip-components': '0',
      delete: 'true',
    },
    files: { 'x.tar': TAR, "a place's": 'directory' },
    leavesOnly: { "a place's/top/file": 'f\n', "a place's/top/sub/deep": 'd\n' },
  }),
  row('a directory that is not there', {
    with: { uri, 'expected-none': 'yes', directory: 'none' },
    files: { 'x.txt': TAR },
    fails: 1,
    shells: ['busybox'],
  }),
  row('a query stays in the name; & and $ are only letters', {
    with: { uri: 'https://example.com/x.txt?a=1&b=$HOME', extract: 'false', 'expected-sha256': SHA256 },
    tools: { wget: WGET },
    ran: [`wget ${FLAGS} 'https://example.com/x.txt?a=1&b=$HOME'`],
    leavesOnly: { 'x.txt?a=1&b=$HOME': 'data\n' },
  }),
  row('quotes and commands in a URL are only letters', {
    with: { uri: "https://example.com/'; touch bad; '$(touch bad)`touch bad`", extract: 'false', 'expected-none': '1' },
    tools: { wget: '' },
    files: { "'; touch bad; '$(touch bad)`touch bad`": 'x' },
    leavesOnly: { "'; touch bad; '$(touch bad)`touch bad`": 'x' },
  }),
  row('quotes in other inputs are only letters', {
    with: { ...PACKED, 'expected-none': "'; touch bad; '", delete: "'$(touch bad)'", extract: "x' -o 1 = '1" },
    files: { 'x.txt': 'x' },
    leavesOnly: { 'x.txt': 'x' },
  }),
  row('white space in a URL', {
    with: { uri: 'https://example.com/a b.txt', extract: 'false', 'expected-none': '1' },
    files: { 'a b.txt': 'x', a: 'y' },
    leavesOnly: { 'a b.txt': 'x', a: 'y' },
  }),
  row('a URL that ends a line', {
    with: { ...PACKED, uri: `${uri}\n`, 'expected-none': '1' },
    files: { 'x.txt': 'x' },
  }),
  row('a URL of several lines', {
    with: { ...PACKED, uri: `${uri}\ntouch bad`, 'expected-none': '1' },
    prints: ['fetch: expected inputs of one line each, found more lines: touch bad'],
    fails: 1,
    leavesOnly: {},
  }),
  row('an option is no URL', {
    with: { ...PACKED, uri: '-O/etc/passwd', 'expected-none': '1' },
    prints: ['fetch: expected a URL, found -O/etc/passwd'],
    fails: 1,
  }),
]
