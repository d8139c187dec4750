import type { Row } from '../row.ts'

const USING = 'using python /usr/bin/python3.11'
const GLOBS = '/usr/bin/python3.[0-9][0-9] /usr/bin/python3.[789]'
const run = (code: string, outcome = 'PASS') => `/usr/bin/python3.11 -c "${code}": ${outcome}`
const call = (code: string) => `python3.11 -c '${code}'`
/** Imports everything but what is called "missing". */
const PYTHON = 'case "$2" in *missing*) exit 1;; esac'
const ONE = { 'python3.11': PYTHON, python3: '-> python3.11' }
const row = (title: string, rest: Partial<Row>): Row => ({ title, uses: 'python/import', tools: ONE, ...rest })

export const PYTHON_IMPORT: readonly Row[] = [
  row('the only python imports a module', {
    with: { import: 'six' },
    ran: [call('import six')],
    prints: [USING, run('import six')],
  }),
  row('several names', {
    with: { import: 'os, sys' },
    ran: [call('import os, sys')],
    prints: [USING, run('import os, sys')],
  }),
  row('a name from a module', {
    with: { from: 'a.b', import: 'c' },
    ran: [call('from a.b import c')],
    prints: [USING, run('from a.b import c')],
  }),
  row('a module that is missing', {
    with: { import: 'missing' },
    ran: [call('import missing')],
    prints: [USING, run('import missing', 'FAIL')],
    fails: 1,
  }),
  row('lines: comments and white space do not count, all are tried', {
    with: { imports: '# all\nimport a # the first\n\n  import   missing\nfrom b  import *\n' },
    ran: [call('import a'), call('import missing'), call('from b import *')],
    prints: [USING, run('import a'), run('import missing', 'FAIL'), run('from b import *')],
    fails: 1,
  }),
  row('lines that all succeed', {
    with: { imports: 'import a\nimport b' },
    ran: [call('import a'), call('import b')],
    prints: [USING, run('import a'), run('import b')],
  }),
  row('a python by name', {
    with: { python: 'python3', import: 'x' },
    ran: ["python3.11 -c 'import x'"],
    prints: ['python3 -c "import x": PASS'],
  }),
  row('words before the code', {
    with: { python: 'python3.11 -I', import: 'x' },
    ran: ["python3.11 -I -c 'import x'"],
    prints: ['python3.11 -I -c "import x": PASS'],
  }),
  row('a virtual environment', {
    with: { venv: 'v', import: 'x' },
    files: { 'v/bin/activate': 'export ACTIVE=yes\n', 'v/bin/python3': '#!/bin/sh\nexec python3 "$@"\n' },
    ran: ["ACTIVE=yes python3.11 -c 'import x'"],
    prints: ['v/bin/python3 -c "import x": PASS'],
  }),
  row('no virtual environment', {
    with: { venv: 'v', import: 'x' },
    prints: ['Error: Not a valid virtual environment: v'],
    fails: 1,
  }),
  row('a virtual environment that cannot be entered', {
    with: { venv: 'v', import: 'x' },
    files: { 'v/bin/activate': 'false\n' },
    prints: ['Error: Not a valid virtual environment: v'],
    fails: 1,
  }),
  row('a virtual environment and a python', {
    with: { venv: 'v', python: 'python3', import: 'x' },
    prints: ["Error: Can not set 'python' with 'venv'"],
    fails: 1,
  }),
  row('several pythons', {
    with: { import: 'x' },
    tools: { 'python3.11': '', 'python3.12': '' },
    prints: [
      `FAIL: must set inputs.python:  found 2 executables matching ${GLOBS}`,
      'found: /usr/bin/python3.11 /usr/bin/python3.12 /usr/bin/python3.[789]',
    ],
    fails: 1,
  }),
  row('no python', {
    with: { import: 'x' },
    tools: {},
    prints: [`FAIL: must set inputs.python:  found 0 executables matching ${GLOBS}`],
    fails: 1,
  }),
  row('one name and several lines', {
    with: { import: 'x', imports: 'import y' },
    prints: [USING, "Error: Cannot mix 'import' with 'imports'."],
    fails: 1,
  }),
  row('a module and several lines', {
    with: { from: 'x', imports: 'import y' },
    prints: [USING, "Error: Cannot use 'from' with 'imports'."],
    fails: 1,
  }),
  row('a module without a name', {
    with: { from: 'x' },
    prints: [USING, "Error: 'from' specified without 'import'."],
    fails: 1,
  }),
  row('nothing', { prints: [USING, 'No package specified for import.'], fails: 1 }),
]
