import type { Row } from '../row.ts'

const OUT = '/home/build/melange-out/s'
const FIXED =
  '-G Ninja -DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_BUILD_TYPE=Release -DCMAKE_VERBOSE_MAKEFILE=ON'

export const CMAKE_AND_MESON: readonly Row[] = [
  { title: 'defaults', uses: 'cmake/configure', tools: { cmake: '' }, ran: [`cmake -B output ${FIXED}`] },
  {
    title: 'another directory, options over several lines',
    uses: 'cmake/configure',
    with: { 'output-dir': 'out', opts: '-DA=1 \\\n  -DB="x y" \\\n -S src\n' },
    tools: { cmake: '' },
    ran: [`cmake -B out ${FIXED} -DA=1 '-DB=x y' -S src`],
  },
  {
    title: 'a failure',
    uses: 'cmake/configure',
    tools: { cmake: 'exit 3' },
    ran: [`cmake -B output ${FIXED}`],
    fails: 3,
  },
  { title: 'defaults', uses: 'cmake/build', tools: { cmake: '' }, ran: ['VERBOSE=1 cmake --build output'] },
  {
    title: 'options',
    uses: 'cmake/build',
    with: { 'output-dir': 'out', opts: '--target all -j 2' },
    tools: { cmake: '' },
    ran: ['VERBOSE=1 cmake --build out --target all -j 2'],
  },
  { title: 'defaults', uses: 'cmake/install', tools: { cmake: '' }, ran: [`DESTDIR=${OUT} cmake --install output`] },
  {
    title: 'in the main package, from another directory',
    uses: 'cmake/install',
    with: { 'output-dir': 'out' },
    subpackage: '',
    tools: { cmake: '' },
    ran: ['DESTDIR=/home/build/melange-out/a cmake --install out'],
  },
  {
    title: 'defaults',
    uses: 'meson/configure',
    tools: { meson: '' },
    ran: ['meson setup . output --prefix=/usr --wrap-mode=nodownload'],
  },
  {
    title: 'options',
    uses: 'meson/configure',
    with: { 'output-dir': 'out', opts: "-Da=true '-Db=x y'" },
    tools: { meson: '' },
    ran: ["meson setup . out --prefix=/usr --wrap-mode=nodownload -Da=true '-Db=x y'"],
  },
  {
    title: 'as many jobs as processors',
    uses: 'meson/compile',
    with: { 'output-dir': 'out' },
    tools: { meson: '', nproc: 'echo 6' },
    ran: ['nproc', 'meson compile -j 6 -C out'],
  },
  {
    title: 'the default directory',
    uses: 'meson/compile',
    tools: { meson: 'exit 1', nproc: 'echo 1' },
    ran: ['nproc', 'meson compile -j 1 -C output'],
    fails: 1,
  },
  { title: 'defaults', uses: 'meson/install', tools: { meson: '' }, ran: [`DESTDIR=${OUT} meson install -C output`] },
  {
    title: 'another directory',
    uses: 'meson/install',
    with: { 'output-dir': 'out' },
    tools: { meson: '' },
    ran: [`DESTDIR=${OUT} meson install -C out`],
  },
]
