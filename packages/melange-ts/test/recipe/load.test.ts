import { describe, expect, test } from 'vitest'
import { compile, load, P, problemsOf } from './helpers.ts'

describe('values', () => {
  test('text keeps its spelling, numbers are read as Go reads them', () => {
    const recipe = load('package: {name: a, version: 1.10, epoch: 010, timeout: 1h30m}')
    expect(recipe.package).toMatchObject({ version: '1.10', epoch: 8n, timeout: 5_400_000_000_000n })
  })

  test('runtime lists drop nulls; priorities are text', () => {
    const { dependencies } = load(
      "package: {name: a, version: 1, dependencies: {runtime: [1, 1.0, null, true, ~, ''], provider-priority: 10}}",
    ).package
    expect(dependencies).toMatchObject({ runtime: ['1', '1.0', 'true', ''], providerPriority: '10' })
  })

  test('all mistakes of a file are reported with their lines', () => {
    const problems = problemsOf(() => load('package:\n  name: []\n  version: {}\n  epoch: x\n  bogus: 1\n'))
    expect(problems.map(({ code, line }) => [code, line])).toEqual([
      ['WRONG_TYPE', 2],
      ['WRONG_TYPE', 3],
      ['WRONG_TYPE', 4],
      ['UNKNOWN_KEY', 5],
    ])
  })

  test('a recipe that is null has no name', () => {
    expect(problemsOf(() => load('null')).map(({ code }) => code)).toContain('PACKAGE_NAME')
  })
})

describe('vars and transforms', () => {
  test.each([
    ['${{package.version}}', '\\.(\\d+)$', '+$1', '1.2.3+4'],
    ['${{package.version}}', '^(\\d+)\\.(\\d+).*', '$1_$2', '2'],
    ['${{package.version}}', '^(\\d+)\\.(\\d+).*', '${1}_${2}', '1_2'],
    ['${{package.full-version}}', '(?P<maj>\\d+)\\..*', '${maj}$$$9x', '1$'],
    ['literal', '(?i)LIT', '', 'eral'],
    ['${{package.version}}', '', '-', '-1-.-2-.-3-.-4-'],
    ['${{ package.epoch }}', '7', 'seven', 'seven'],
  ])('from %s, match %s, replace %s gives %s', (from, match, replace, expected) => {
    const transform = JSON.stringify([{ from, match, replace, to: 't' }])
    const recipe = load(
      `package: {name: a, version: 1.2.3.4, epoch: 7, description: "<\${{vars.t}}>"}\nvar-transforms: ${transform}\n`,
    )
    expect(recipe.package.description).toBe(`<${expected}>`)
  })

  test('a transform may use the one before and replace its own var, which is printed raw', () => {
    const printed = compile(`${P}
vars: {x: "1"}
var-transforms: [{from: "\${{vars.x}}", match: 1, replace: 2, to: x}]
pipeline: [{runs: "echo \${{vars.x}} \${{ vars.x }}"}]
`)
    expect(printed.pipeline[0].runs).toBe('echo 2 2\n')
    expect(printed.vars).toEqual({ x: '1' })
  })

  test('a template may hold a variable that compile resolves', () => {
    const printed = compile(`${P}
var-transforms: [{from: "\${{package.name}}", match: ".*", replace: "\${{host.triplet.gnu}}", to: t}]
pipeline: [{runs: "echo \${{vars.t}}"}]
`)
    expect(printed.pipeline[0].runs).toBe('echo x86_64-pc-linux-gnu\n')
  })

  test('only load-time variables are known to transforms', () => {
    const [problem] = problemsOf(() =>
      load(`${P}var-transforms: [{from: "\${{build.arch}}", match: a, replace: b, to: c}]`),
    )
    expect(problem).toMatchObject({ code: 'UNKNOWN_VARIABLE', line: 2 })
  })

  test('a vars file wins, also over a recipe without vars', () => {
    const script = 'pipeline: [{runs: "echo ${{vars.a}} ${{vars.b}} ${{vars.c}}"}]'
    const { pipeline } = load(`${P}vars: {a: Y, c: C}\n${script}`, { vars: 'a: FILE\nb: 2\n' })
    expect(pipeline[0]?.runs).toBe('echo FILE 2 C')
    expect(load(P, { vars: 'a: 1' }).vars).toEqual({ a: '1' })
    expect(problemsOf(() => load(P, { vars: 'null' }))[0]?.code).toBe('VARS_FILE')
  })
})

describe('variables in names and dependencies', () => {
  const recipe = (rest: string) => `package:
  name: \${{vars.n}}
  version: \${{vars.v}}
  epoch: 2
  description: D \${{package.name}} \${{package.full-version}}
  dependencies: {runtime: ["\${{package.name}}", "\${{ package.name }}", "x=\${{package.full-version}}"]}
vars: {n: nam, v: "1.2"}
${rest}`

  test('tokens are replaced from the raw recipe; dependencies a second time', () => {
    const { package: pkg } = load(recipe(''))
    expect(pkg).toMatchObject({ name: 'nam', description: 'D ${{vars.n}} ${{vars.v}}-r2' })
    expect(pkg.dependencies.runtime).toEqual(['nam', 'nam', 'x=1.2-r2'])
  })

  test('a subpackage named by an unresolved variable is refused', () => {
    const problems = problemsOf(() => load(recipe('subpackages: [{name: "${{package.name}}-x"}]')))
    expect(problems.map(({ code }) => code)).toEqual(['PACKAGE_NAME'])
  })

  test('ranges expand in byte order of their keys and see replaced fields', () => {
    const { subpackages } = load(
      recipe(`data: [{name: r, items: {b: 2, a: 1, "10": x, "9": y, B: z}}]
subpackages: [{range: r, name: "\${{package.name}}-\${{range.key}}-\${{range.value}}"}]`),
    )
    expect(subpackages.map(({ name }) => name)).toEqual(['nam-10-x', 'nam-9-y', 'nam-B-z', 'nam-a-1', 'nam-b-2'])
  })

  test('an empty range gives no subpackage, an unknown one is an error', () => {
    expect(load(`${P}data: [{name: r, items: {}}]\nsubpackages: [{range: r, name: x}]`).subpackages).toEqual([])
    const [problem] = problemsOf(() =>
      load(`${P}data: [{name: tools, items: {}}]\nsubpackages:\n- range: tool\n  name: x`),
    )
    expect(problem).toMatchObject({ code: 'UNKNOWN_RANGE', line: 4 })
  })

  test('unknown variables in package lists are errors at load', () => {
    const problems = problemsOf(() =>
      load(
        `${P}environment: {contents: {packages: ["\${{build.arch}}"]}}\nsubpackages: [{name: s, dependencies: {replaces: ["\${{nope}}"]}}]`,
      ),
    )
    expect(problems.map(({ code }) => code)).toEqual(['UNKNOWN_VARIABLE', 'UNKNOWN_VARIABLE'])
  })

  test('priorities of subpackages are resolved, too', () => {
    const { subpackages } = load(
      `${P}vars: {p: "7"}\nsubpackages: [{name: s, dependencies: {provider-priority: "\${{ vars.p }}"}}]`,
    )
    expect(subpackages[0]?.dependencies.providerPriority).toBe('7')
  })
})

describe('environment', () => {
  test('the recipe wins over env files, an earlier file over a later one, defaults fill what is empty', () => {
    const { environment } = load(`${P}environment: {environment: {A: yaml}}`, {
      env: ['A=one\nB="two $A"\nHOME=/foo\nG=\n', 'A=second\nZ=zz\nB=\n'],
    }).environment
    expect(environment).toMatchObject({
      A: 'yaml',
      B: 'two one',
      G: '',
      HOME: '/foo',
      Z: 'zz',
      GOPATH: '/home/build/.cache/go',
    })
  })

  test('values are replaced at load only', () => {
    const { environment } = load(
      `${P}vars: {v: w}\nenvironment: {environment: {A: "a\${{vars.v}}", B: "\${{nope}}", C: "\${{build.arch}}", HOME: ""}}`,
    ).environment
    expect(environment).toMatchObject({ A: 'aw', B: '${{nope}}', C: '${{build.arch}}', HOME: '/home/build' })
  })

  test('an own build user is kept', () => {
    const { accounts } = load(`${P}environment: {accounts: {users: [{username: build, uid: 7}]}}`).environment
    expect(accounts.users).toHaveLength(1)
    expect(accounts.groups).toMatchObject([{ groupName: 'build', gid: 1000 }])
  })
})

describe('propagation', () => {
  test('nested steps inherit working directory and environment', () => {
    const { pipeline } = load(`${P}pipeline:
- environment: {foo: FOO, bar: BAR}
  working-directory: /home/build/bar
  pipeline:
  - environment: {foo: BAR, baz: BAZ}
    working-directory: /home/build/baz
    pipeline: [{runs: x}, {runs: y}]
`)
    const nested = pipeline[0]?.pipeline[0]
    expect(nested?.environment).toEqual({ bar: 'BAR', baz: 'BAZ', foo: 'BAR' })
    expect(nested?.pipeline.map(({ workingDirectory }) => workingDirectory)).toEqual([
      '/home/build/baz',
      '/home/build/baz',
    ])
  })

  test('a nested environment below a step without one', () => {
    expect(
      load(`${P}pipeline: [{pipeline: [{environment: {a: b}, runs: x}]}]`).pipeline[0]?.pipeline[0]?.environment,
    ).toEqual({ a: 'b' })
  })
})

describe('validation', () => {
  test.each([
    ['package: {name: a b, version: 1}', 'PACKAGE_NAME'],
    ['package: {name: a, version: null}', 'PACKAGE_VERSION'],
    [`${P}subpackages: [{name: a}]`, 'DUPLICATE_SUBPACKAGE'],
    [`${P}subpackages: [{name: x}, {name: x}]`, 'DUPLICATE_SUBPACKAGE'],
    ...['x', ' 1', '1.5', '99999999999999999999'].map((priority) => [
      `package: {name: a, version: 1, dependencies: {provider-priority: "${priority}"}}`,
      'BAD_PRIORITY',
    ]),
    ...['{vendor: v}', '{vendor: A, product: p}', '{part: h}', '{vendor: "*", product: p}', '{target_sw: "x:y"}'].map(
      (cpe) => [`package: {name: a, version: 1, cpe: ${cpe}}`, 'BAD_CPE'],
    ),
    ['package: {name: a, version: 1, setcap: [{path: /x, add: {cap_chown: +ep}, reason: r}]}', 'BAD_SETCAP'],
    ['package: {name: a, version: 1, setcap: [{path: /x, add: {cap_net_raw: +ep}}]}', 'BAD_SETCAP'],
    [`${P}subpackages: [{name: s, setcap: [{path: /x}]}]`, 'BAD_SETCAP'],
    [`${P}pipeline: [{with: {x: y}}]`, 'STEP_KEYS'],
    [`${P}pipeline: [{pipeline: [{uses: strip, runs: x}]}]`, 'STEP_KEYS'],
  ])('%j is refused', (text, code) => {
    expect(problemsOf(() => load(text!)).map((problem) => problem.code)).toEqual([code])
  })

  test.each([
    'package: {name: a, version: 1, dependencies: {provider-priority: "+1"}}',
    'package: {name: a, version: 1, setcap: [{path: /x, reason: r}]}',
    `${P}update: {schedule: {period: yearly}}`,
    `${P}test: {pipeline: [{with: {x: y}, runs: z}]}`,
    `${P}pipeline: [{with: {}, runs: z}]`,
  ])('%j is fine', (text) => {
    expect(problemsOf(() => load(text))).toEqual([])
  })
})
