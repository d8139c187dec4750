import type { Row } from '../row.ts'

/** What a build leaves: two programs of mode 0644. */
const BUILDS = 'mkdir -p target/release; echo one > target/release/one; echo two > target/release/two'

export const CARGO: readonly Row[] = [
  {
    title: 'all programs of the output directory are installed',
    uses: 'cargo/build',
    tools: { cargo: BUILDS },
    ran: ['RUSTFLAGS= cargo auditable build --target-dir target --release'],
    leaves: { 'melange-out/s/usr/bin/one': 'one\n', 'melange-out/s/usr/bin/two': 'two\n' },
  },
  {
    title: 'one program, elsewhere, of a crate in a directory',
    uses: 'cargo/build',
    with: { output: 'one', modroot: 'a crate', prefix: 'opt', 'install-dir': 'sbin', rustflags: '-C target-cpu=x -g' },
    files: { 'a crate/Cargo.toml': '' },
    tools: { cargo: BUILDS },
    ran: ["[a crate] RUSTFLAGS='-C target-cpu=x -g' cargo auditable build --target-dir target --release"],
    leaves: { 'melange-out/s/opt/sbin/one': 'one\n', 'melange-out/s/opt/sbin/two': 'absent' },
  },
  {
    title: 'options are words, jobs come last, another output directory',
    uses: 'cargo/build',
    with: { opts: '--profile dist --features "a b"', jobs: '3', 'output-dir': 'target/dist', output: 'one' },
    files: { 'target/dist/one': 'x' },
    tools: { cargo: '' },
    ran: ["RUSTFLAGS= cargo auditable build --target-dir target --profile dist --features 'a b' --jobs 3"],
    leaves: { 'melange-out/s/usr/bin/one': 'x' },
  },
  {
    title: 'a failing build installs nothing',
    uses: 'cargo/build',
    files: { 'target/release/old': 'x' },
    tools: { cargo: 'exit 101' },
    ran: ['RUSTFLAGS= cargo auditable build --target-dir target --release'],
    fails: 101,
    leaves: { 'melange-out/s/usr/bin/old': 'absent' },
  },
  {
    title: 'a program that was not built',
    uses: 'cargo/build',
    with: { output: 'one' },
    tools: { cargo: '' },
    ran: ['RUSTFLAGS= cargo auditable build --target-dir target --release'],
    fails: 1,
  },
]
