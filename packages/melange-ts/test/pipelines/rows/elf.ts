import type { Row } from '../row.ts'

const SCANELF = `[melange-out/s] scanelf --recursive --nobanner --osabi --format '%a %o %F' --etype ET_DYN,ET_EXEC .`
const A = '/home/build/melange-out/a'
const S = '/home/build/melange-out/s'

/** Copies only what it was asked to copy, and says so in the copy. */
const OBJCOPY = `for to; do from=$last; last=$to; done
case "$1" in --only-keep-debug) echo "debug of $(cat "$from")" > "$to";; *) echo "stripped $(cat "$from")" > "$to";; esac`

export const ELF: readonly Row[] = [
  {
    title: 'programs and libraries of this machine, whatever their names',
    uses: 'strip',
    files: { 'melange-out/s/a': '', 'melange-out/s/b c': '', 'melange-out/s/arm': '', 'melange-out/s/firmware': '' },
    tools: {
      scanelf: `echo 'EM_X86_64 LINUX ./a'; echo 'EM_X86_64 NONE ./b c'; echo 'EM_ARM NONE ./arm'
        echo 'EM_X86_64 STANDALONE ./firmware'; echo 'EM_X86_64 NONE ./gone'`,
      strip: '',
    },
    ran: [SCANELF, '[melange-out/s] strip -g ./a', "[melange-out/s] strip -g './b c'"],
  },
  {
    title: 'other options, another architecture, the main package',
    uses: 'strip',
    subpackage: '',
    arch: 'aarch64',
    with: { opts: '--strip-all -p' },
    files: { 'melange-out/a/x': '', 'melange-out/a/y': '' },
    tools: { scanelf: "echo 'EM_AARCH64 NONE ./x'; echo 'EM_X86_64 NONE ./y'", strip: '' },
    ran: [SCANELF.replace('out/s', 'out/a'), '[melange-out/a] strip --strip-all -p ./x'],
  },
  {
    title: 'an architecture whose files it does not know',
    uses: 'strip',
    arch: 'riscv64',
    warns: 'strip: unsupported architecture: riscv64',
    fails: 1,
  },
  {
    title: 'a file that cannot be stripped',
    uses: 'strip',
    files: { 'melange-out/s/a': '', 'melange-out/s/b': '' },
    tools: { scanelf: "echo 'EM_X86_64 NONE ./a'; echo 'EM_X86_64 NONE ./b'", strip: 'exit 1' },
    ran: [SCANELF, '[melange-out/s] strip -g ./a'],
    fails: 1,
  },
  { title: 'nothing to strip', uses: 'strip', tools: { scanelf: '', strip: '' }, ran: [SCANELF] },
  {
    title: 'debug information of libraries moves, files keep their links',
    uses: 'split/debug',
    files: { 'melange-out/a/usr/lib/x y.so': 'x', 'melange-out/a/usr/bin/static': 's' },
    tools: {
      scanelf: `echo 'ET_DYN ${A}/usr/lib/x y.so'; echo 'ET_EXEC ${A}/usr/bin/static'; echo 'ET_DYN ${A}/usr/lib/x y.so'`,
      objcopy: OBJCOPY,
    },
    ran: [
      `scanelf -Ry ${A}/usr`,
      `objcopy --only-keep-debug '${A}/usr/lib/x y.so' '${S}/usr/lib/debug/usr/lib/x y.so.debug'`,
      `objcopy '--add-gnu-debuglink=${S}/usr/lib/debug/usr/lib/x y.so.debug' --strip-unneeded -R .comment '${A}/usr/lib/x y.so' '${A}/.dbg-tmp/x y.so'`,
    ],
    leavesOnly: {
      'melange-out/a/usr/lib/x y.so': 'stripped x\n',
      'melange-out/a/usr/bin/static': 's',
      'melange-out/s/usr/lib/debug/usr/lib/x y.so.debug': 'debug of x\n',
    },
  },
  {
    title: 'of another package, and a failure',
    uses: 'split/debug',
    with: { package: 'b' },
    files: { 'melange-out/b/lib/x': 'x' },
    tools: { scanelf: "echo 'ET_DYN /home/build/melange-out/b/lib/x'", objcopy: 'exit 1' },
    ran: [
      'scanelf -Ry /home/build/melange-out/b/lib',
      `objcopy --only-keep-debug /home/build/melange-out/b/lib/x ${S}/usr/lib/debug/lib/x.debug`,
    ],
    fails: 1,
  },
]
