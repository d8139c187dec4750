import { afterAll, describe, expect, test } from 'vitest'
import { compiledJsonText, compileRecipe, melangeYaml } from '../../src/index.ts'
import { compile, load, P, pipelineFolder, problemsOf } from '../recipe/helpers.ts'

const folder = pipelineFolder({
  full: `inputs:
  a: {default: "\${{package.name}}", required: true}
  b: {default: bb}
  c: {}
  n: {default: 5}
needs: {packages: ["need-\${{inputs.a}}", n2]}
working-directory: /wd/\${{inputs.b}}
if: \${{inputs.b}} == 'bb'
environment: {E1: doc, E2: "doc\${{inputs.b}}"}
label: lab
pipeline:
  - name: step \${{inputs.a}}
    runs: echo "a=\${{inputs.a}} b=\${{inputs.b}} c=\${{inputs.c}} n=\${{inputs.n}}"
  - uses: x/child
    with: {z: "\${{inputs.b}}-z"}
`,
  'x/child': `inputs: {z: {default: zz}, y: {default: yy}}
pipeline: [{runs: 'echo "z=\${{inputs.z}} y=\${{inputs.y}} outer=\${{inputs.n}}"'}]
`,
  dflt: 'inputs: {d: {default: "${{package.name}}"}}\npipeline: [{runs: "echo ${{inputs.d}}"}]\n',
  chain:
    'inputs: {c: {default: "${{inputs.b}}3"}, b: {default: "${{inputs.a}}2"}, a: {default: "1"}}\npipeline: [{runs: "echo ${{inputs.c}}"}]\n',
  empty: '',
  broken: 'pipeline: {a: b}',
  strip: 'pipeline: [{runs: our strip}]',
})
afterAll(() => folder.remove())
const options = { pipelineDirs: [folder.path] }

describe('output', () => {
  test('a minimal recipe', () => {
    expect(compiledJsonText(compileRecipe(load(P), { arch: 'x86_64' }))).toBe(
      '{"package":{"name":"a","version":"1","epoch":0,"commit":"abc","dependencies":{},"checks":{},"cpe":{},"resources":{}},"environment":{"contents":{},"entrypoint":{},"accounts":{"users":[{"username":"build","uid":1000,"gid":1000}],"groups":[{"groupname":"build","gid":1000,"members":["build"]}]},"environment":{"COMPOSER_CACHE_DIR":"/var/cache/melange/composer","GOMODCACHE":"/var/cache/melange/gomodcache","GOPATH":"/home/build/.cache/go","HOME":"/home/build","PIP_CACHE_DIR":"/var/cache/melange/pip","UV_CACHE_DIR":"/var/cache/melange/uv","npm_config_cache":"/var/cache/melange/npm"}},"capabilities":{},"update":{"enabled":false}}',
    )
  })

  test('.melange.yaml leaves out what is empty', () => {
    const recipe = load(
      `${P}pipeline: [{if: "\${{build.arch}} == 'none'", runs: "a; b"}]\nvars: {x: "1"}\ntest: {pipeline: []}\n`,
    )
    const text = melangeYaml(compileRecipe(recipe, { arch: 'x86_64' }))
    expect(text).toContain(
      'package:\n  name: a\n  version: "1"\n  epoch: 0\n  commit: abc\n  resources: {}\nenvironment:\n',
    )
    expect(text).toContain(
      "pipeline:\n  - if: '\"x86_64\" == ''none'''\n    runs: |\n      a\n      b\nvars:\n  x: \"1\"\ntest:\n",
    )
    expect(text).toMatch(/\n {2}pipeline: \[\]\n$/)
    expect(text).not.toContain('update')
  })

  test('options print the names of Go fields in JSON', () => {
    expect(compile(`${P}options: {o: {vars: {a: b}}, e: {}}`).options).toEqual({
      e: { Vars: null, Environment: { Contents: { Packages: { Add: null, Remove: null } } } },
      o: { Vars: { a: 'b' }, Environment: { Contents: { Packages: { Add: null, Remove: null } } } },
    })
  })
})

describe('conditions of steps', () => {
  const run = (text: string) =>
    compile(`${P}vars: {v: w}\npipeline: [{if: ${JSON.stringify(text)}, needs: {packages: [never]}, runs: x}]`)

  test.each([
    ["${{build.arch}} == 'x86_64'", `"x86_64" == 'x86_64'`, true],
    [`\${{ build.arch }} == "x86_64" && '\${{package.name}}' == 'a'`, `"x86_64" == "x86_64" && 'a' == 'a'`, true],
    ["'${{build.arch}}' == 'x86_64'", `'"x86_64"' == 'x86_64'`, false],
  ])('%s', (text, printed, enabled) => {
    const { pipeline, environment } = run(text)
    expect(pipeline[0].if).toBe(printed)
    expect(environment.contents.packages ?? []).toEqual(enabled ? ['never'] : [])
    expect(pipeline[0].needs).toEqual(enabled ? undefined : { Packages: ['never'] })
  })

  test('a load-time value without quotes is a syntax error, an unknown option is undefined', () => {
    expect(problemsOf(() => run("${{vars.v}} == 'w'"))[0]).toMatchObject({ code: 'BAD_CONDITION', line: 3 })
    expect(problemsOf(() => run("${{options.foo.enabled}} == 'true'"))[0]?.code).toBe('UNKNOWN_VARIABLE')
  })
})

describe('build options', () => {
  const recipe = `${P}options: {foo: {vars: {x: y}, environment: {contents: {packages: {add: [z, q], remove: [b]}}}}}
vars: {x: z}
environment: {contents: {packages: [a, b, c, d]}}
pipeline:
- if: \${{options.foo.enabled}} == 'true'
  needs: {packages: [fooneed]}
  runs: echo \${{vars.x}} \${{ vars.x }}
`
  test('add packages, remove them by swapping, and change vars everywhere', () => {
    const printed = compile(recipe, { buildOptions: ['foo'] })
    expect(printed.environment.contents.packages).toEqual(['a', 'q', 'c', 'd', 'z', 'fooneed'])
    expect(printed.pipeline[0].runs).toBe('echo y y\n')
    expect(printed.vars).toEqual({ x: 'y' })
  })

  test('change nothing when they are not chosen or not declared', () => {
    const printed = compile(recipe, { buildOptions: ['other'] })
    expect(printed.environment.contents.packages).toEqual(['a', 'b', 'c', 'd'])
    expect(printed.pipeline[0].runs).toBe('echo z z\n')
  })

  test('remove every occurrence of a package', () => {
    const twice = recipe.replace('[a, b, c, d]', '[a, b, b]')
    expect(compile(twice, { buildOptions: ['foo'] }).environment.contents.packages).toEqual(['a', 'q', 'z', 'fooneed'])
  })
})

describe('definitions', () => {
  const nested = (b: string, n = '5') => [
    { name: 'step ${{inputs.a}}', runs: `echo "a=a b=${b} c= n=${n}"\n`, 'working-directory': `/wd/${b}` },
    {
      uses: 'x/child',
      with: { z: `${b}-z` },
      pipeline: [{ runs: `echo "z=${b}-z y=yy outer=${n}"\n`, 'working-directory': `/wd/${b}` }],
      'working-directory': `/wd/${b}`,
    },
  ]

  test('lay over the step that uses them', () => {
    expect(compile(`${P}pipeline: [{uses: full}]`, options).pipeline).toEqual([
      {
        if: '"bb" == \'bb\'',
        uses: 'full',
        pipeline: nested('bb'),
        label: 'lab',
        'working-directory': '/wd/bb',
        environment: { E1: 'doc', E2: 'doc${{inputs.b}}' },
      },
    ])
  })

  test('win over what the step says, except its name', () => {
    const step = `{name: mine, uses: full, with: {b: q, n: "5"}, working-directory: /mine, environment: {E1: mine, E3: mine}, if: "'a' == 'a'", label: mylab, needs: {packages: [mineneed]}}`
    expect(compile(`${P}pipeline: [${step}]`, options).pipeline).toEqual([
      {
        if: '"q" == \'bb\'',
        name: 'mine',
        uses: 'full',
        with: { a: 'a', b: 'q' },
        pipeline: nested('q'),
        needs: { Packages: ['need-a', 'n2'] },
        label: 'lab',
        'working-directory': '/wd/q',
        environment: { E1: 'doc', E2: 'doc${{inputs.b}}', E3: 'mine' },
      },
    ])
  })

  test.each([
    ['{uses: dflt}', undefined],
    ['{uses: dflt, with: {}}', undefined],
    ['{uses: dflt, with: {d: ""}}', { d: 'a' }],
    ['{uses: dflt, with: {d: x}}', { d: 'x' }],
  ])('%s shows the inputs %j', (step, expected) => {
    expect(compile(`${P}pipeline: [${step}]`, options).pipeline[0].with).toEqual(expected)
  })

  test('a nested use shows inputs whose default holds variables', () => {
    const printed = compile(`${P}pipeline: [{pipeline: [{uses: dflt}]}]`, options)
    expect(printed.pipeline[0].pipeline[0].with).toEqual({ d: 'a' })
  })

  test('inputs that refer to each other are resolved in order, a circle is an error', () => {
    expect(compile(`${P}pipeline: [{uses: chain}]`, options).pipeline[0].pipeline[0].runs).toBe('echo 123\n')
    const circle = problemsOf(() => compile(`${P}pipeline: [{uses: chain, with: {a: "\${{inputs.c}}"}}]`, options))
    expect(circle[0]?.code).toBe('VARIABLE_CYCLE')
  })

  test('an empty definition changes nothing, one of the user wins over a built-in one', () => {
    expect(compile(`${P}pipeline: [{uses: empty}]`, options).pipeline).toEqual([{ uses: 'empty' }])
    expect(compile(`${P}pipeline: [{uses: strip}]`, options).pipeline[0].pipeline).toEqual([{ runs: 'our strip\n' }])
  })

  test.each([
    ['{uses: dflt, with: {x: y}}', 'UNKNOWN_INPUT'],
    ['{uses: nowhere}', 'UNKNOWN_PIPELINE'],
    ['{uses: ../full}', 'BAD_PIPELINE'],
    ['{uses: /full}', 'BAD_PIPELINE'],
    ['{uses: broken}', 'BAD_PIPELINE'],
    ['{uses: fetch}', 'MISSING_INPUT'],
    ['{uses: fetch, with: {uri: u, expected-sha256: zzz}}', 'BAD_INPUT'],
    ['{uses: git-checkout, with: {repository: r, expected-commit: "${{ vars.c }}"}}', 'BAD_INPUT'],
    ['{runs: "${{inputs.x}}"}', 'UNKNOWN_VARIABLE'],
    ['{runs: "echo ${{package.description}}"}', undefined],
    ['{runs: "echo ${{ package.description }}"}', 'UNKNOWN_VARIABLE'],
    ['{runs: "${{targets.package.x+y}}"}', 'BAD_REFERENCE'],
    ['{runs: "${{subpkg.name}}"}', 'UNKNOWN_VARIABLE'],
    ['{runs: "echo \\"a"}', 'SHELL_SYNTAX'],
  ])('%s gives %s', (step, code) => {
    const recipe = `${P}vars: {c: 1ff509455460062fbfc6ee289106710b00aa14f1}\npipeline: [${step}]`
    expect(problemsOf(() => compile(recipe, options)).map((problem) => problem.code)).toEqual(
      code === undefined ? [] : [code],
    )
  })

  test('a literal commit of a var is checked after its replacement', () => {
    const step = '{uses: git-checkout, with: {repository: r, expected-commit: "${{vars.c}}"}}'
    expect(
      problemsOf(() => compile(`${P}vars: {c: 1ff509455460062fbfc6ee289106710b00aa14f1}\npipeline: [${step}]`)),
    ).toEqual([])
  })

  test('problems of all steps are reported together, each with its line', () => {
    const problems = problemsOf(() =>
      compile(`${P}pipeline:\n- uses: nowhere\n- runs: |\n    fine\n    echo \${{nope}}\n- uses: fetch\n`),
    )
    expect(problems.map(({ code, line }) => [code, line])).toEqual([
      ['UNKNOWN_PIPELINE', 3],
      ['UNKNOWN_VARIABLE', 6],
      ['MISSING_INPUT', 7],
    ])
  })

  test('a script error points into the script', () => {
    const [problem] = problemsOf(() =>
      compile(`${P}pipeline:\n- runs: |\n    a\n    if [[ uname -m == x ]]; then b; fi\n`),
    )
    expect(problem).toMatchObject({ code: 'SHELL_SYNTAX', line: 5 })
    expect(problem?.message).toContain('2:13: not a valid test operator')
  })
})

describe('needs', () => {
  test('are gathered in order; nested ones stay visible', () => {
    const printed = compile(
      `${P}pipeline: [{needs: {packages: [p1]}, pipeline: [{needs: {packages: [p2]}, runs: x}, {uses: strip}]}]`,
    )
    expect(printed.environment.contents.packages).toEqual(['p1', 'p2', 'binutils', 'scanelf'])
    expect(printed.pipeline[0].needs).toBeUndefined()
    expect(printed.pipeline[0].pipeline.map(({ needs }: { needs: unknown }) => needs)).toEqual([
      { Packages: ['p2'] },
      { Packages: ['binutils', 'scanelf'] },
    ])
  })

  test('of a switched-off group are left out with all nested ones', () => {
    const printed = compile(`${P}pipeline: [{if: "'a' == 'b'", pipeline: [{uses: strip}]}]`)
    expect(printed.environment.contents.packages).toBeUndefined()
  })

  test('of tests are sorted and unique, with the tested package', () => {
    const printed = compile(`package: {name: libstdc++, version: 1}
test: {environment: {contents: {packages: [b, a]}}, pipeline: [{uses: strip}]}
subpackages: [{name: sub-a, test: {environment: {contents: {packages: [mm, aa]}}, pipeline: [{needs: {packages: [zz, aa]}, runs: x}]}}]
`)
    expect(printed.test.environment.contents.packages).toEqual(['a', 'b', 'binutils', 'libstdc++', 'scanelf'])
    expect(printed.subpackages[0].test.environment.contents.packages).toEqual(['aa', 'mm', 'sub-a', 'zz'])
  })

  test('of the build do not matter to a test, which names the package it was given', () => {
    const recipe = load(`${P}pipeline: [{uses: strip}]\ntest: {pipeline: [{runs: x}]}`)
    const compiled = compileRecipe(recipe, { arch: 'x86_64', purpose: 'test', testedPackage: 'a=1-r0' })
    expect(compiled.environment.contents.packages).toEqual([])
    expect(compiled.test?.environment.contents.packages).toEqual(['a=1-r0'])
  })
})

describe('subpackages', () => {
  test('see their own directories and names', () => {
    const names = [
      'targets.outdir',
      'targets.destdir',
      'targets.contextdir',
      'targets.subpkgdir',
      'subpkg.name',
      'context.name',
      'package.srcdir',
      'targets.package.sub-a',
    ]
    const script = names.map((name) => `\${{${name}}}`).join(' ')
    const printed = compile(
      `package: {name: libstdc++, version: 1.2-3_x, epoch: 9}\nsubpackages: [{name: sub-a, pipeline: [{runs: "echo ${script}"}]}]`,
    )
    const out = '/home/build/melange-out'
    expect(printed.subpackages[0].pipeline[0].runs).toBe(
      `echo ${out} ${out}/libstdc++ ${out}/sub-a ${out}/sub-a sub-a sub-a /home/build ${out}/sub-a\n`,
    )
  })

  test.each([
    ["${{build.arch}} == 'x86_64'", true],
    ["${{build.arch}} != 'x86_64'", false],
    ["'${{package.name}}' == 'a'", true],
    ["${{ subpkg.name }} == 's'", true],
  ])('are built if %s: %s', (condition, enabled) => {
    const recipe = load(`${P}subpackages: [{name: s, if: ${JSON.stringify(condition)}, pipeline: [{uses: strip}]}]`)
    const compiled = compileRecipe(recipe, { arch: 'x86_64' })
    expect(compiled.subpackages[0]?.enabled).toBe(enabled)
    expect(compiled.environment.contents.packages).toEqual(['binutils', 'scanelf'])
  })

  test('a bad condition names the subpackage', () => {
    const [problem] = problemsOf(() => compile(`${P}subpackages: [{name: s, if: nonsense}]`))
    expect(problem).toMatchObject({ code: 'BAD_CONDITION', message: expect.stringContaining('subpackage "s"') })
  })
})

describe('steps without a definition', () => {
  test('may declare inputs', () => {
    expect(compile(`${P}pipeline: [{inputs: {q: {default: 5}}, runs: "echo \${{inputs.q}}"}]`).pipeline).toEqual([
      { runs: 'echo 5\n' },
    ])
  })

  test('of a test may be given values', () => {
    expect(compile(`${P}test: {pipeline: [{with: {x: y}, runs: "echo \${{inputs.x}}"}]}`).test.pipeline).toEqual([
      { with: { x: 'y' }, runs: 'echo y\n' },
    ])
  })

  test('that bring their own pipeline beside uses are taken as they are', () => {
    expect(compile(`${P}pipeline: [{uses: strip, pipeline: [{runs: mine}]}]`).pipeline).toEqual([
      { uses: 'strip', pipeline: [{ runs: 'mine\n' }] },
    ])
  })
})

describe('vars at compile time', () => {
  const run = (vars: string) => compile(`${P}vars: ${vars}\npipeline: [{runs: "echo \${{ vars.a }}"}]`).pipeline[0].runs

  test('refer to each other in any order', () => {
    expect(run('{a: "${{vars.b}}!", b: "${{vars.c}}?", c: x}')).toBe('echo x?!\n')
  })

  test.each([
    ['{a: "${{package.version}}"}', 'UNKNOWN_VARIABLE'],
    ['{a: "${{vars.b}}", b: "${{vars.a}}"}', 'VARIABLE_CYCLE'],
  ])('%s is an error', (vars, code) => {
    expect(problemsOf(() => run(vars))[0]?.code).toBe(code)
  })
})

describe('architectures', () => {
  test.each([
    ['[amd64]', false],
    ['[all, aarch64]', false],
    ['[all]', true],
    ['[x86_64]', true],
    ['[]', true],
  ])('target-architecture: %s', (targets, compiles) => {
    const problems = problemsOf(() => compile(`package: {name: a, version: 1, target-architecture: ${targets}}`))
    expect(problems.map(({ code }) => code)).toEqual(compiles ? [] : ['SKIPPED_ARCH'])
  })

  test('a test compares parsed names, and [all] means all', () => {
    const run = (targets: string) =>
      problemsOf(() => compile(`package: {name: a, version: 1, target-architecture: ${targets}}`, { purpose: 'test' }))
        .length
    expect([run('[amd64]'), run('[all]'), run('[aarch64]')]).toEqual([0, 0, 1])
  })

  test.each([
    ['x86_64', 'x86_64 amd64 x86_64-pc-linux-gnu x86_64-unknown-linux-gnu'],
    ['arm64', 'aarch64 arm64 aarch64-unknown-linux-gnu aarch64-unknown-linux-gnu'],
    ['armv7', 'armv7 arm/v7 armv7l-unknown-linux-gnueabihf armv7-unknown-linux-gnueabihf'],
    ['zz', 'zz zz zz-unknown-linux-gnu zz-unknown-linux-gnu'],
  ])('%s', (arch, expected) => {
    const script = 'echo ${{build.arch}} ${{build.goarch}} ${{host.triplet.gnu}} ${{host.triplet.rust}}'
    expect(compile(`${P}pipeline: [{runs: "${script}"}]`, { arch }).pipeline[0].runs).toBe(`echo ${expected}\n`)
  })
})
