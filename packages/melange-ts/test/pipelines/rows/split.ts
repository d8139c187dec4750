import type { Row } from '../row.ts'

const A = 'melange-out/a'
const S = 'melange-out/s'
const B = 'melange-out/b'
const ITSELF = 'ERROR: Package can not split files from itself!'
const SPLITS = ['alldocs', 'bin', 'debug', 'dev', 'infodir', 'lib', 'locales', 'manpages', 'static']

/** What no split does: take files from the package it is for. */
const FROM_ITSELF: readonly Row[] = SPLITS.flatMap((name) => [
  {
    title: 'not from itself: the main package',
    uses: `split/${name}`,
    subpackage: '',
    files: { [`${A}/usr/bin/x`]: 'x' },
    prints: [ITSELF],
    fails: 1,
    leavesOnly: { [`${A}/usr/bin/x`]: 'x' },
  },
  {
    title: 'not from itself: a subpackage by name',
    uses: `split/${name}`,
    with: { package: 's' },
    files: { [`${S}/usr/bin/x`]: 'x' },
    prints: [ITSELF],
    fails: 1,
    leavesOnly: { [`${S}/usr/bin/x`]: 'x' },
  },
])

/** Splits that find nothing to do and succeed. */
const NOTHING: readonly Row[] = ['alldocs', 'dev', 'infodir', 'lib', 'locales', 'manpages', 'static'].flatMap(
  (name) => [
    {
      title: 'nothing to move',
      uses: `split/${name}`,
      files: { [`${A}/usr/share/x`]: 'x' },
      leavesOnly: { [`${A}/usr/share/x`]: 'x' },
    },
    {
      title: 'a package that does not exist',
      uses: `split/${name}`,
      with: { package: 'none' },
      files: { [`${A}/usr/share/x`]: 'x' },
      leavesOnly: { [`${A}/usr/share/x`]: 'x' },
    },
  ],
)

const MAN = 'usr/share/man/man1/x.1'

export const SPLIT: readonly Row[] = [
  ...FROM_ITSELF,
  ...NOTHING,
  {
    title: 'info pages move, their index goes',
    uses: 'split/infodir',
    files: { [`${A}/usr/share/info/x.info`]: 'x', [`${A}/usr/share/info/dir`]: 'd', [`${A}/usr/share/man/y`]: 'y' },
    leavesOnly: { [`${S}/usr/share/info/x.info`]: 'x', [`${A}/usr/share/man/y`]: 'y' },
  },
  {
    title: 'from another package',
    uses: 'split/infodir',
    with: { package: 'b' },
    files: { [`${A}/usr/share/info/a`]: 'a', [`${B}/usr/share/info/b`]: 'b' },
    leavesOnly: { [`${A}/usr/share/info/a`]: 'a', [`${S}/usr/share/info/b`]: 'b', [`${B}/usr/share`]: 'directory' },
  },
  {
    title: 'locales move as they are',
    uses: 'split/locales',
    files: { [`${A}/usr/share/locale/de/x y.mo`]: 'x' },
    leavesOnly: { [`${S}/usr/share/locale/de/x y.mo`]: 'x', [`${A}/usr/share`]: 'directory' },
  },
  {
    title: 'from another package',
    uses: 'split/locales',
    with: { package: 'b' },
    files: { [`${B}/usr/share/locale/x`]: 'x', [`${B}/usr/share/y`]: 'y' },
    leavesOnly: { [`${S}/usr/share/locale/x`]: 'x', [`${B}/usr/share/y`]: 'y' },
  },
  {
    title: 'manuals of three places come together; empty directories go',
    uses: 'split/manpages',
    files: {
      [`${A}/${MAN}`]: '1',
      [`${A}/usr/local/share/man/man2/y.2`]: '2',
      [`${A}/usr/man/man3/z.3`]: '3',
      [`${A}/usr/bin/x`]: 'x',
    },
    leavesOnly: {
      [`${S}/${MAN}`]: '1',
      [`${S}/usr/share/man/man2/y.2`]: '2',
      [`${S}/usr/share/man/man3/z.3`]: '3',
      [`${A}/usr/bin/x`]: 'x',
    },
  },
  {
    title: 'an empty directory cannot be moved out of',
    uses: 'split/manpages',
    files: { [`${A}/usr/share/man`]: 'directory' },
    fails: 1,
  },
  {
    title: 'from another package',
    uses: 'split/manpages',
    with: { package: 'b' },
    files: { [`${B}/${MAN}`]: '1', [`${B}/usr/share/y`]: 'y' },
    leavesOnly: { [`${S}/${MAN}`]: '1', [`${B}/usr/share/y`]: 'y' },
  },
  {
    title: 'info pages, manuals and documentation',
    uses: 'split/alldocs',
    files: {
      [`${A}/usr/share/info/x.info`]: 'i',
      [`${A}/usr/share/info/dir`]: 'd',
      [`${A}/${MAN}`]: '1',
      [`${A}/usr/share/doc/x/README`]: 'r',
      [`${A}/usr/local/share/doc/y/README`]: 'r',
      [`${A}/usr/share/x/data`]: 'x',
    },
    leavesOnly: {
      [`${S}/usr/share/info/x.info`]: 'i',
      [`${S}/${MAN}`]: '1',
      [`${S}/usr/share/doc/x/README`]: 'r',
      [`${S}/usr/share/doc/y/README`]: 'r',
      [`${A}/usr/share/x/data`]: 'x',
    },
  },
  {
    title: 'from another package',
    uses: 'split/alldocs',
    with: { package: 'b' },
    files: { [`${B}/usr/share/doc/x`]: 'x', [`${B}/usr/y`]: 'y', [`${A}/usr/share/doc/a`]: 'a' },
    leavesOnly: { [`${S}/usr/share/doc/x`]: 'x', [`${B}/usr/y`]: 'y', [`${A}/usr/share/doc/a`]: 'a' },
  },
  {
    title: 'programs of the package of that name without -bin',
    uses: 'split/bin',
    subpackage: 'b-bin',
    files: {
      [`${B}/usr/bin/x`]: 'x',
      [`${B}/usr/share/y`]: 'y',
      [`${A}/usr/bin/a`]: 'a',
      [`${B}/usr/lib`]: 'directory',
    },
    leavesOnly: { 'melange-out/b-bin/usr/bin/x': 'x', [`${B}/usr/share/y`]: 'y', [`${A}/usr/bin/a`]: 'a' },
  },
  {
    title: 'of the main package when there is none',
    uses: 'split/bin',
    subpackage: 'b-bin',
    files: { [`${A}/usr/bin/a`]: 'a' },
    leavesOnly: { 'melange-out/b-bin/usr/bin/a': 'a', [`${A}/usr`]: 'directory' },
  },
  {
    title: 'of the main package for another name',
    uses: 'split/bin',
    files: { [`${A}/usr/bin/a`]: 'a', [`${A}/usr/bin/b c`]: 'b' },
    leavesOnly: { [`${S}/usr/bin/a`]: 'a', [`${S}/usr/bin/b c`]: 'b', [`${A}/usr`]: 'directory' },
  },
  {
    title: 'of a package by name',
    uses: 'split/bin',
    subpackage: 'a-bin',
    with: { package: 'b' },
    files: { [`${A}/usr/bin/a`]: 'a', [`${B}/usr/bin/b`]: 'b' },
    leavesOnly: { [`${A}/usr/bin/a`]: 'a', 'melange-out/a-bin/usr/bin/b': 'b', [`${B}/usr`]: 'directory' },
  },
  {
    title: 'no programs',
    uses: 'split/bin',
    files: { [`${A}/usr/share/x`]: 'x' },
    prints: ['/home/build/melange-out/a/usr/bin: not a directory'],
    fails: 1,
  },
]
