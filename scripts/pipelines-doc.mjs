// Writes docs/pipelines.md from the definitions in pipelines/ and the uses in pipeline-examples.yaml. `--print` shows the
// text and writes nothing.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse, stringify } from 'yaml'

const ROOT = resolve(import.meta.dirname, '..')
const TARGET = join(ROOT, 'docs/pipelines.md')

const INTRODUCTION = `# Built-in pipelines

<!-- Written by \`npm run pipelines-doc\` from pipelines/ and scripts/pipeline-examples.yaml. -->

A step of a recipe that says \`uses:\` runs one of these pipelines, or one of the recipe's own folders (\`--pipeline-dir\`), which come
first. \`with:\` gives its inputs; an input that is missing or empty has its default. What a pipeline *needs* is added to the packages
of the build environment. All run in the guest with \`/bin/sh\`, which may be busybox or bash.

Values become part of a shell script:

- Inputs that are *words* (\`opts\`, \`targets\`, \`packages\` …) are read by the shell: white space separates words, quotes keep them
  together, a backslash at the end of a line goes on with the next one.
- Inputs that name one thing (a directory, a version …) mostly stay one word; \`$\`, backquotes and backslashes in them are the
  shell's.
- Inputs of \`fetch\` and \`patch\`, and \`cherry-picks\` of \`git-checkout\`, are plain text: nothing in them is run.

Names of variables in defaults, such as \`\${{targets.contextdir}}\`, stand for the package or subpackage that uses the pipeline.
`

if (process.argv.includes('--print')) process.stdout.write(pipelinesDocument())
else writeFileSync(TARGET, pipelinesDocument())

/** The whole text. */
function pipelinesDocument() {
  const examples = readYaml(join(import.meta.dirname, 'pipeline-examples.yaml'))
  const names = readdirSync(join(ROOT, 'pipelines'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort()
  const definitions = new Map(names.map((name) => [name, readYaml(join(ROOT, 'pipelines', `${name}.yaml`))]))
  const sections = [...definitions].map(([name, definition]) => section(name, definition, examples[name]))
  return [INTRODUCTION, contents(definitions), ...sections].join('\n')
}

function contents(definitions) {
  const rows = [...definitions].map(([name, { name: description }]) => {
    return `| [\`${name}\`](#${anchor(name)}) | ${cell(description)} |`
  })
  return ['| pipeline | |', '|---|---|', ...rows, ''].join('\n')
}

function section(name, definition, example) {
  const steps = stringify(example, { lineWidth: 0 }).trimEnd()
  return [
    `## ${name}`,
    '',
    `${definition.name}.`,
    '',
    '```yaml',
    steps,
    '```',
    '',
    ...inputTable(definition.inputs),
    `Needs ${definition.needs.packages.map((name) => `\`${name}\``).join(', ')}.${alsoUses(definition.pipeline)}`,
    '',
  ].join('\n')
}

function inputTable(inputs = {}) {
  const entries = Object.entries(inputs)
  if (entries.length === 0) return ['No inputs.', '']
  const rows = entries.map(([name, { description, default: value = '', required = false }]) => {
    return `| \`${name}\` | ${required ? '**required**' : code(String(value))} | ${cell(description)} |`
  })
  return ['| input | default | |', '|---|---|---|', ...rows, '']
}

function alsoUses(steps) {
  return steps
    .flatMap(({ uses }) => (uses === undefined ? [] : [` Then uses [\`${uses}\`](#${anchor(uses)}).`]))
    .join('')
}

function code(text) {
  return text === '' ? '' : `\`${text}\``
}

function cell(text) {
  return text.replaceAll('|', '\\|')
}

/** As renderers of Markdown name a heading. */
function anchor(name) {
  return name.toLowerCase().replace(/[^\w-]/g, '')
}

function readYaml(file) {
  return parse(readFileSync(file, 'utf8'))
}
