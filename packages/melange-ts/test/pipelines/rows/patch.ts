import type { Row } from '../row.ts'

const PATCH = (from: string, to: string, file = 'text') =>
  `--- a/${file}\n+++ b/${file}\n@@ -1,3 +1,3 @@\n one\n-${from}\n+${to}\n three\n`
const TEXT = 'one\ntwo\nthree\n'
const FILES = { text: TEXT, 'a.patch': PATCH('two', '2'), 'b.patch': PATCH('2', 'II') }
const ERROR = (message: string) => `ERROR: ${message}`
const row = (title: string, rest: Partial<Row>): Row => ({ title, uses: 'patch', files: FILES, ...rest })
/** Only a shell that looks for `patch` on the PATH finds the real one. */
const REAL = { shells: ['bash'] } as const

export const PATCHES: readonly Row[] = [
  row('the command line', {
    with: { patches: 'a.patch' },
    tools: { patch: 'cat > got' },
    ran: ['patch -p1 --fuzz=2 --verbose'],
    prints: ['applying patch file a.patch'],
    leaves: { got: PATCH('two', '2') },
  }),
  row('other numbers; white space around them does not count', {
    with: { patches: 'a.patch', 'strip-components': ' 0\n', fuzz: '\n 3' },
    tools: { patch: '' },
    ran: ['patch -p0 --fuzz=3 --verbose'],
  }),
  row('several, in order, over several lines', {
    with: { patches: '  a.patch\n\n\tb.patch \n' },
    leaves: { text: 'one\nII\nthree\n' },
    ...REAL,
  }),
  row('several on one line', { with: { patches: 'a.patch b.patch' }, leaves: { text: 'one\nII\nthree\n' }, ...REAL }),
  row('a series with comments, and no newline at its end', {
    with: { series: ' series\n' },
    files: { ...FILES, series: '# first\n\na.patch\nb.patch' },
    leaves: { text: 'one\nII\nthree\n' },
    ...REAL,
  }),
  row('a series wins over patches', {
    with: { series: 'series', patches: 'none.patch' },
    files: { ...FILES, series: 'a.patch\n' },
    leaves: { text: 'one\n2\nthree\n' },
    ...REAL,
  }),
  row('a name with a blank in a series', {
    with: { series: 'series' },
    files: { text: TEXT, series: 'an a.patch\n', 'an a.patch': PATCH('two', '2') },
    leaves: { text: 'one\n2\nthree\n' },
    ...REAL,
  }),
  row('the first that does not apply ends the step', {
    with: { patches: 'b.patch a.patch' },
    fails: 1,
    leaves: { text: TEXT },
    ...REAL,
  }),
  row('a file that is not there', { with: { patches: 'none.patch' }, fails: 1 }),
  row('nothing to apply', { warns: ERROR('Neither patches or series was set.'), fails: 1 }),
  row('only white space', {
    with: { patches: ' \n\t\n' },
    warns: ERROR('Neither patches or series was set.'),
    fails: 1,
  }),
  row('a series that is not there', {
    with: { series: 'none' },
    warns: ERROR('series file does not exist: none'),
    fails: 1,
  }),
  ...['x', '-1', '1 2', '$(touch bad)', "1'; touch bad; '"].flatMap((value) => [
    row(`strip-components ${value}`, {
      with: { patches: 'a.patch', 'strip-components': value },
      warns: ERROR(`strip-components must be a non-negative integer, got: ${value}`),
      fails: 1,
      leavesOnly: FILES,
    }),
    row(`fuzz ${value}`, {
      with: { patches: 'a.patch', fuzz: value },
      warns: ERROR(`fuzz must be a non-negative integer, got: ${value}`),
      fails: 1,
      leavesOnly: FILES,
    }),
  ]),
  ...["a'b", 'a`b', 'a$(touch bad)', '${x', 'a;b', 'a|b', 'a&b', 'a>b', 'a<b'].flatMap((name) => [
    row(`a patch called ${name}`, {
      with: { patches: name.replace(' ', '') },
      warns: ERROR(`patch file path contains invalid characters: ${name.replace(' ', '')}`),
      fails: 1,
      leavesOnly: FILES,
    }),
    row(`a series called ${name}`, {
      with: { series: name },
      warns: ERROR('series path contains invalid characters'),
      fails: 1,
      leavesOnly: FILES,
    }),
    row(`a series that names ${name}`, {
      with: { series: 'series' },
      files: { ...FILES, series: `${name}\n` },
      warns: ERROR(`patch file path contains invalid characters: ${name}`),
      fails: 1,
      leavesOnly: { ...FILES, series: `${name}\n` },
    }),
  ]),
  row('all patches go to one call, in order', {
    uses: 'git-am',
    with: { patches: 'a.patch  b.patch\nc.patch\n' },
    tools: { git: '' },
    ran: ['git am a.patch b.patch c.patch'],
  }),
  row('a patch that does not apply', {
    uses: 'git-am',
    with: { patches: 'a.patch' },
    tools: { git: 'exit 128' },
    ran: ['git am a.patch'],
    fails: 123,
  }),
]
