import { alpha, beta } from '../../../../packages/rootfs/test/support/certificates.ts'
import { sharedObject } from '../../../../packages/rootfs/test/support/elf.ts'
import { CASE_TIME, type EntrySpec } from '../case.ts'
import type { Random } from '../random.ts'

interface Special {
  readonly name: string
  readonly version: string
  readonly provides: readonly string[]
  readonly entries: EntrySpec[]
}

/** Packages whose files the build looks into: accounts, releases, libraries, busybox, certificates. */
export const specialEntries: readonly ((random: Random) => Special)[] = [
  baseFiles,
  busybox,
  libraries,
  certificates,
  merged,
]

function baseFiles(random: Random): Special {
  const passwd = random.pick(
    [
      'root:x:0:0:root:/root:/bin/sh\nsvc:x:900:901:svc:/var/lib/svc:/sbin/nologin\nnull:x:9:9::/dev/null:/x\n',
      'root:x:0:0:root:/root:/bin/sh\nalso:x:0:0::/root:/bin/sh\n',
      '  spaced:x:5:6:a b:/home/é:/bin/sh  \n',
      'root:x:0:0:root:/root:/bin/sh',
      'root:x:0:0:root:/root\n',
      '\n',
      '# comment\n',
      'root:x:0:0:root:/etc/group:/bin/sh\n',
      'r:x:00:007:::\n',
      'r:x:+1:1:::\n',
      'r:x:99999999999:1::/h:/s\n',
      'r:x:-1:1::/h:/s\n',
    ].slice(0, random.chance(0.7) ? 4 : 12),
  )
  const group = random.pick(
    ['root:x:0:root\nweb:x:1000:a,b\n', 'svc:x:901:\nlast:x:901:\n', '', 'bad:x\n'].slice(
      0,
      random.chance(0.9) ? 3 : 4,
    ),
  )
  const release = random.pick(
    [
      'ID=wolfi\nNAME="Wolfi"\nVERSION_ID="2023"\n',
      "# c\n\nID='x'\nNAME=\nVERSION_ID=1=2\n",
      'NAME="A & B" \nID = y\n',
      'no equals sign\n',
      '',
    ].slice(0, random.chance(0.9) ? 3 : 5),
  )
  return {
    name: 'base-files',
    version: '1-r0',
    provides: [],
    entries: [
      directory('etc'),
      file('etc/passwd', passwd),
      ...(random.chance(0.8) ? [file('etc/group', group)] : []),
      ...(random.chance(0.6)
        ? [file('etc/shadow', random.pick(['root:!:19000:0:99999:7:::\n', 'bin:*::0:::::\n', '']), 0o640)]
        : []),
      ...(random.chance(0.8) ? [file('etc/os-release', release)] : []),
    ],
  }
}

function busybox(random: Random): Special {
  const listed = random.chance(0.4)
  return {
    name: random.pick(['busybox', 'busybox', 'busybox-static']),
    version: random.pick(['1.36.1-r7', '1.35.0-r0', '1.37.0-r0', '9.9.9-r9', '1.36.1', '1.36-r0']),
    provides: random.chance(0.5) ? ['cmd:busybox=1.36.1-r7', '/bin/sh'] : [],
    entries: [
      directory('bin'),
      file('bin/busybox', 'busybox', 0o755),
      ...(random.chance(0.3) ? [file('bin/ls', 'own')] : []),
      ...(listed
        ? [
            directory('etc'),
            directory('etc/busybox-paths.d'),
            file(
              'etc/busybox-paths.d/busybox',
              random.pick(['/bin/ls\n/usr/bin/env\n/bin/busybox\n', '/bin/sh\n\n/bin/sh\nls\n/opt/x/y', '']),
            ),
          ]
        : []),
    ],
  }
}

function libraries(random: Random): Special {
  const conf = random.pick([
    '/usr/lib\n',
    '/usr/lib # c\n/opt/lib\n\n',
    'include /etc/ld.so.conf.d/*.conf\n/never\n',
    '/opt/lib\n/usr/lib/\n',
    '',
  ])
  const machine = random.chance(0.9) ? 62 : random.pick([183, 40])
  const names = [
    'liba.so.1',
    'liba.so',
    'liba.so.1.2',
    'libb.so.10',
    'libb.so.9',
    'ld-x.so.2',
    'libc.so',
    'libé.so.1',
    'notlib.so',
    'libtext.so.1',
    'libD.so.2',
    'libz-1.so',
  ]
  const object = (name: string) => {
    const soname = random.pick([name, name.replace(/\.\d+$/, ''), 'liba.so.1', 'libb.so.10', ''])
    const text = random.chance(0.1)
      ? 'no ELF'
      : `base64:${Buffer.from(sharedObject({ machine, sonames: soname === '' ? [] : [soname] }), 'latin1').toString('base64')}`
    return random.chance(0.15) ? link(name) : (path: string) => file(path, text, 0o755)
  }
  const link =
    (name: string) =>
    (path: string): EntrySpec => ({
      path,
      type: 'symlink',
      link: random.pick(['liba.so.1', '/usr/lib/libb.so.10', `no-${name}`]),
    })
  const places = random.some(['usr/lib', 'lib', 'opt/lib', 'usr/local/lib'], 1, 3)
  return {
    name: 'libs',
    version: '1-r0',
    provides: [],
    entries: [
      ...['etc', 'etc/ld.so.conf.d', 'usr', 'usr/local', 'opt', ...places].map(directory),
      file('etc/ld.so.conf', conf),
      file('etc/ld.so.conf.d/b.conf', '/usr/local/lib\n'),
      file('etc/ld.so.conf.d/a.conf', 'opt/lib\n/usr/lib\n'),
      ...places.flatMap((place) => random.some(names, 0, 8).map((name) => object(name)(`${place}/${name}`))),
    ],
  }
}

function certificates(random: Random): Special {
  const own = 'usr/local/share/ca-certificates'
  return {
    name: 'ca-bundle',
    version: '20230506-r0',
    provides: random.chance(0.7) ? ['certs', 'ca-certificates-bundle=1'] : ['certs=1'],
    entries: [
      ...['etc', 'etc/ssl', 'etc/ssl/certs', 'usr', 'usr/local', 'usr/local/share', own].map(directory),
      file('etc/ssl/certs/ca-certificates.crt', random.pick([beta, '', 'no final newline'])),
      ...(random.chance(0.5)
        ? [file(`${own}/p.crt`, random.pick([alpha, beta, 'junk', alpha + beta, `text\n${alpha}tail`]))]
        : []),
      ...(random.chance(0.3) ? [file(`${own}/q.pem`, beta), file(`${own}/r.txt`, alpha)] : []),
    ],
  }
}

function merged(random: Random): Special {
  return {
    name: 'merged-layout',
    version: '1-r0',
    provides: random.chance(0.7) ? ['merged-lib'] : [],
    entries: [
      ...['usr', 'usr/bin', 'usr/lib'].map(directory),
      ...random.some(['bin', 'sbin', 'lib'], 1, 3).map(
        (path): EntrySpec => ({
          path,
          type: 'symlink',
          link: path === 'lib' ? random.pick(['usr/lib', '/usr/lib', 'usr/lib/']) : 'usr/bin',
        }),
      ),
    ],
  }
}

function directory(path: string): EntrySpec {
  return { path, type: 'directory' }
}

function file(path: string, text: string, mode = 0o644): EntrySpec {
  return { path, type: 'file', text, mode, mtime: CASE_TIME - 1000 }
}
