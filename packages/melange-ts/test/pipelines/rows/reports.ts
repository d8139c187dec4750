import type { Row } from '../row.ts'

const XCOVER_RUN = 'xcover run --path'
const LLVM_MERGE = 'llvm-profdata merge --sparse default_1.profraw default_2.profraw --output default.profdata'
const PROFILES = { 'default_1.profraw': '', 'default_2.profraw': '' }
const LLVM_COV = 'echo Filename; echo "TOTAL 1 2 3% 4 5 91.2% 8 9 10%"; echo noise >&2'

export const REPORTS: readonly Row[] = [
  {
    title: 'defaults',
    uses: 'xcover/profile',
    with: { 'executable-path': '/usr/bin/x' },
    tools: { xcover: '' },
    ran: [
      `${XCOVER_RUN} /usr/bin/x --exclude= --include= --scope=project --log-level=info --verbose=false --status --detach`,
      'xcover wait --timeout 60s',
    ],
  },
  {
    title: 'every input',
    uses: 'xcover/profile',
    with: {
      'executable-path': '/bin/y',
      'exclude-functions': '^a b|^c$',
      'include-functions': '^main\\.',
      scope: 'binary',
      'log-level': 'debug',
      verbose: 'true',
      'wait-timeout': '5',
    },
    tools: { xcover: '' },
    ran: [
      `${XCOVER_RUN} /bin/y '--exclude=^a b|^c$' '--include=^main\\.' --scope=binary --log-level=debug --verbose=true --status --detach`,
      'xcover wait --timeout 5s',
    ],
  },
  {
    title: 'a failure to start',
    uses: 'xcover/profile',
    with: { 'executable-path': '/x' },
    tools: { xcover: 'exit 4' },
    ran: [`${XCOVER_RUN} /x --exclude= --include= --scope=project --log-level=info --verbose=false --status --detach`],
    fails: 4,
  },
  { title: 'the command line', uses: 'xcover/status', tools: { xcover: '' }, ran: ['xcover status'] },
  { title: 'the command line', uses: 'xcover/stop', tools: { xcover: '' }, ran: ['xcover stop'] },
  { title: 'the default', uses: 'xcover/wait', tools: { xcover: '' }, ran: ['xcover wait --timeout 60s'] },
  {
    title: 'another time, and a failure',
    uses: 'xcover/wait',
    with: { 'wait-timeout': '7' },
    tools: { xcover: 'exit 1' },
    ran: ['xcover wait --timeout 7s'],
    fails: 1,
  },
  ...(
    [
      ['no minimum', '', '12.5', undefined],
      ['above the minimum', '12.4', '12.5', undefined],
      ['equal is not enough', '12.5', '12.5', 1],
      ['below the minimum', '80', '9.75', 1],
    ] as const
  ).map(
    ([title, minimum, coverage, fails]): Row => ({
      title,
      uses: 'xcover/ensure',
      with: { 'min-coverage': minimum },
      tools: { jq: `echo ${coverage}` },
      ran: ['jq .cov_by_func xcover-report.json'],
      prints: [
        `Coverage is ${coverage} %`,
        ...(fails === undefined ? [] : [`Coverage ${coverage} % is below the expected minimum ${minimum}`]),
      ],
      ...(fails !== undefined && { fails }),
    }),
  ),
  {
    title: 'no report',
    uses: 'xcover/ensure',
    tools: { jq: 'exit 2' },
    ran: ['jq .cov_by_func xcover-report.json'],
    fails: 2,
  },
  {
    title: 'the program of the package',
    uses: 'llvm/covreport',
    files: PROFILES,
    tools: { 'llvm-profdata': '', 'llvm-cov': LLVM_COV, apk: 'echo "x contains:"; echo usr/bin/x; echo usr/share/y' },
    ran: [
      LLVM_MERGE,
      'apk info -L a',
      'llvm-cov report --ignore-filename-regex= --instr-profile=default.profdata --object /usr/bin/x --summary-only',
    ],
    prints: ['Statements coverage: 91.2%'],
  },
  {
    title: 'an object, and files to leave out',
    uses: 'llvm/covreport',
    with: { object: '/opt/a b', 'ignore-filename-regex': 'test|x y' },
    files: PROFILES,
    tools: { 'llvm-profdata': '', 'llvm-cov': LLVM_COV },
    ran: [
      LLVM_MERGE,
      "llvm-cov report '--ignore-filename-regex=test|x y' --instr-profile=default.profdata --object '/opt/a b' --summary-only",
    ],
    prints: ['Statements coverage: 91.2%'],
  },
  {
    title: 'no profiles',
    uses: 'llvm/covreport',
    tools: { 'llvm-profdata': 'exit 1' },
    ran: ['llvm-profdata merge --sparse default_*.profraw --output default.profdata'],
    fails: 1,
  },
]
