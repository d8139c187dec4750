import type { Row } from '../row.ts'

const OUT = '/home/build/melange-out/s'
const PATHS =
  '--prefix=/usr --sysconfdir=/etc --libdir=/usr/lib --mandir=/usr/share/man --infodir=/usr/share/info --localstatedir=/var'
const GNU = 'x86_64-pc-linux-gnu'

/** A configure script that is a stand-in itself. */
const CONFIGURE = '#!/bin/sh\nexec configure "$@"\n'

export const AUTOCONF: readonly Row[] = [
  {
    title: 'a configure script is run as it is',
    uses: 'autoconf/configure',
    files: { configure: CONFIGURE, 'configure.ac': '' },
    tools: { configure: '', autoreconf: '' },
    ran: [`configure --host=${GNU} --build=${GNU} ${PATHS}`],
  },
  {
    title: 'without one, autoreconf makes it',
    uses: 'autoconf/configure',
    files: { 'configure.ac': '' },
    tools: {
      autoreconf: 'printf \'#!/bin/sh\\nexec configure "$@"\\n\' > configure; chmod +x configure',
      configure: '',
    },
    ran: ['autoreconf -vfi', `configure --host=${GNU} --build=${GNU} ${PATHS}`],
  },
  {
    title: 'another directory, other triplets, more options, split at white space',
    uses: 'autoconf/configure',
    with: { dir: 'sub', host: 'h', build: 'b', opts: '--disable-static  --with-x=1 \\\n  --enable-y\n' },
    files: { 'sub/configure': CONFIGURE },
    tools: { configure: '' },
    ran: [`[sub] configure --host=h --build=b ${PATHS} --disable-static --with-x=1 --enable-y`],
  },
  {
    title: 'quotes in options belong to the shell',
    uses: 'autoconf/configure',
    with: { opts: `CFLAGS="-O2 -g" LDFLAGS='$ORIGIN'` },
    files: { configure: CONFIGURE },
    tools: { configure: '' },
    ran: [`configure --host=${GNU} --build=${GNU} ${PATHS} 'CFLAGS=-O2 -g' 'LDFLAGS=$ORIGIN'`],
  },
  {
    title: 'a failing configure ends the step',
    uses: 'autoconf/configure',
    files: { configure: CONFIGURE },
    tools: { configure: 'exit 77' },
    ran: [`configure --host=${GNU} --build=${GNU} ${PATHS}`],
    fails: 77,
  },
  { title: 'no configure script at all', uses: 'autoconf/configure', fails: 127 },
  {
    title: 'as many jobs as processors',
    uses: 'autoconf/make',
    tools: { make: '', nproc: 'echo 8' },
    ran: ['nproc', 'make -C . -j8 V=1'],
  },
  {
    title: 'options and targets are words, the directory is one',
    uses: 'autoconf/make',
    with: { dir: 'a b', opts: 'CC=gcc -k', targets: 'all  docs' },
    tools: { make: '', nproc: 'echo 2' },
    ran: ['nproc', "make -C 'a b' -j2 V=1 CC=gcc -k all docs"],
  },
  {
    title: 'installs into the output tree, and libtool archives go',
    uses: 'autoconf/make-install',
    files: {
      'melange-out/s/usr/lib/libx.la': '',
      'melange-out/s/usr/lib/sub/y.la': '',
      'melange-out/s/usr/lib/libx.so': 'x',
    },
    tools: { make: '' },
    ran: [`make -C . install DESTDIR=${OUT} V=1`],
    prints: [`${OUT}/usr/lib/libx.la`, `${OUT}/usr/lib/sub/y.la`],
    leavesOnly: { 'melange-out/s/usr/lib/libx.so': 'x', 'melange-out/s/usr/lib/sub': 'directory' },
  },
  {
    title: 'targets stand before DESTDIR, options behind it',
    uses: 'autoconf/make-install',
    with: { dir: 'a b', opts: 'STRIP=: -s', targets: 'install-bin install-man' },
    files: { 'melange-out/s/x': '' },
    tools: { make: '' },
    ran: [`make -C 'a b' install-bin install-man DESTDIR=${OUT} V=1 STRIP=: -s`],
  },
  {
    title: 'a failing installation ends the step',
    uses: 'autoconf/make-install',
    files: { 'melange-out/s/x.la': '' },
    tools: { make: 'exit 2' },
    ran: [`make -C . install DESTDIR=${OUT} V=1`],
    fails: 2,
    leaves: { 'melange-out/s/x.la': '' },
  },
]
