import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Warm builds: of a package whose steps take no time, so that everything around them is measured, and of a program. */
export function buildCases(context) {
  return [
    build('plain', context, { what: 'a package with 9 short steps, warm, as it is', goal: '≤ 460 ms' }),
    build('gcc', context, {
      what: 'a package with 9 short steps, warm, with build-base in its environment',
      goal: '≤ 400 ms beside the steps',
      compiler: true,
    }),
    build('hello', context, { what: 'a C program, compiled and split, warm', goal: '≥ 1 ×', recipe: 'hello' }),
  ]
}

function build(name, { data, scratch, node }, { what, goal, recipe = 'pipelines-demo', compiler = false }) {
  const e2e = resolve(data, 'e2e')
  const source = join(e2e, `recipes/${recipe}.yaml`)
  const place = join(scratch, `build-${name}`)
  const run = (program, index) => {
    if (index === 0) prepare(place, source, { sources: join(e2e, 'sources'), compiler })
    const repository = ['-r', join(e2e, 'toolchain'), '-k', join(e2e, 'toolchain/toolchain.rsa.pub')]
    const where = [
      '--arch',
      'x86_64',
      '--empty-workspace',
      '--signing-key',
      join(e2e, 'builder.rsa'),
      '--out-dir',
      'out',
      '--cache-dir',
      'sources',
    ]
    const recorded = ['--git-commit', '0'.repeat(40), '--git-repo-url', 'https://example.com/recipes']
    const args = ['build', 'demo.yaml', ...where, ...repository, ...recorded]
    return {
      ...program(args),
      cwd: place,
      env: { SOURCE_DATE_EPOCH: '1700000000', XDG_CACHE_HOME: join(place, 'cache') },
    }
  }
  return {
    name: `build-${name}`,
    what: `melange-ts build of ${what}`,
    goal,
    program: 'melange',
    available: existsSync(source),
    unavailable: 'conformance data not present',
    ours: (index) => run((args) => node('melange-ts', args), index),
    peer: (path, index) => run((args) => ({ command: path, args }), index),
  }
}

function prepare(place, source, { sources, compiler }) {
  mkdirSync(place, { recursive: true })
  // A build may write to it.
  cpSync(sources, join(place, 'sources'), { recursive: true })
  const recipe = readFileSync(source, 'utf8')
  writeFileSync(
    join(place, 'demo.yaml'),
    compiler ? recipe.replace('      - bash\n      - busybox', '$&\n      - build-base') : recipe,
  )
}
