import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@apkts/diagnostics'
import { type CommandSpec, GLOBAL_OPTIONS, parseOptions } from '@apkts/diagnostics/cli'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileCommand } from '../../src/cli/compile.ts'
import { packageVersionCommand, queryCommand } from '../../src/cli/query.ts'
import { schemaCommand } from '../../src/cli/schema.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recipe-commands-'))
  await writeFile(
    join(folder, 'a.yaml'),
    `package: {name: a, version: "1", epoch: 2}
vars: {x: z}
options: {o: {vars: {x: y}}}
pipeline: [{uses: greet, with: {who: "<&>"}}, {runs: "echo \${{vars.x}} \${{ vars.x }} $GREETING"}]
`,
  )
  await writeFile(join(folder, 'greet.yaml'), 'inputs: {who: {}}\npipeline: [{runs: "echo \'${{inputs.who}}\'"}]\n')
})
afterAll(() => rm(folder, { recursive: true }))

async function call(command: CommandSpec, argv: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { args, options } = parseOptions(argv, [...command.options, ...GLOBAL_OPTIONS])
  let printed = ''
  const { run } = await command.load()
  const print = (text: string): void => {
    printed += text
  }
  await run({
    args,
    options,
    env,
    log: silentLog,
    signal: new AbortController().signal,
    version: '0',
    debug: false,
    print,
  })
  return printed
}

describe('compile', () => {
  const argv = () => [join(folder, 'a.yaml'), '--arch', 'x86_64', '--pipeline-dir', folder, '--git-commit', 'abc']

  test('prints one line of JSON with the escapes of Go', async () => {
    const printed = await call(compileCommand, argv())
    expect(printed.endsWith('}\n')).toBe(true)
    expect(printed.split('\n')).toHaveLength(2)
    expect(printed).toContain('"with":{"who":"\\u003c\\u0026\\u003e"}')
    expect(JSON.parse(printed).package.commit).toBe('abc')
  })

  test('applies build options before variables are replaced, unless it shall be like melange', async () => {
    const runs = async (...more: string[]) =>
      JSON.parse(await call(compileCommand, [...argv(), ...more])).pipeline[1].runs
    expect(await runs()).toBe('echo z z $GREETING\n')
    expect(await runs('--build-option', 'o')).toBe('echo y y $GREETING\n')
    expect(await runs('--build-option', 'o', '--like-melange')).toBe('echo z y $GREETING\n')
  })

  test('accepts the flags of build that do not matter', async () => {
    const more = ['--signing-key', join(folder, 'a.yaml'), '--out-dir', 'nowhere', '-r', 'repo', '--runner', 'docker']
    expect(await call(compileCommand, [...argv(), ...more])).toBe(await call(compileCommand, argv()))
  })

  test.each([
    ['without --arch', () => [join(folder, 'a.yaml')], {}, 'the flag --arch is required'],
    ['with a malformed HTTP_AUTH', argv, { HTTP_AUTH: 'a:b' }, '2 parts'],
    ['with a malformed date', () => [...argv(), '--build-date', 'today'], {}, 'RFC 3339'],
    ['with a missing key', () => [...argv(), '--signing-key', join(folder, 'none.rsa')], {}, 'cannot be read'],
    ['with a missing recipe', () => [join(folder, 'b.yaml'), '--arch', 'x86_64'], {}, 'no such file'],
  ])('fails %s', async (_when, args, env, message) => {
    await expect(call(compileCommand, args(), env)).rejects.toThrow(message)
  })

  test.each([
    ['a.yml', 'did you mean "a.yaml"?'],
    ['quite-another.yaml', undefined],
    ['nowhere/a.yaml', undefined],
  ])('of %s, which is not there, says what is near', async (name, hint) => {
    const missing = call(compileCommand, [join(folder, name), '--arch', 'x86_64'])
    await expect(missing).rejects.toMatchObject({ code: 'RECIPE_NOT_FOUND', hint })
  })
})

test('query and package-version print without a newline', async () => {
  expect(await call(queryCommand, [join(folder, 'a.yaml'), '{{ .Package.Name }}'])).toBe('a')
  expect(await call(packageVersionCommand, [join(folder, 'a.yaml')])).toBe('a-1-r2')
})

test('the schema knows the sections of a recipe', async () => {
  const schema = JSON.parse(await call(schemaCommand, []))
  expect(Object.keys(schema.$defs['the recipe'].properties)).toEqual(
    expect.arrayContaining(['package', 'environment', 'pipeline', 'subpackages', 'var-transforms', 'test']),
  )
  expect(schema.$defs['a pipeline step'].properties.pipeline.items).toEqual({ $ref: '#/$defs/a%20pipeline%20step' })
})
