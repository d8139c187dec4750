const KINDS = [
  ['function', 'Functions'],
  ['class', 'Classes'],
  ['const', 'Values'],
  ['interface', 'Interfaces'],
  ['type', 'Types'],
]

/** The exports of a package as Markdown. */
export function packagePage({ name, description, entries }) {
  return [
    `# ${name}`,
    '',
    `${description}.`,
    '',
    ...entries.flatMap(({ specifier, exports }) => entrySection(specifier, exports, entries.length > 1)),
  ].join('\n')
}

/** The page that leads to those of the packages. */
export function indexPage(packages) {
  const rows = packages.map(({ name, folder, description }) => `| [${name}](${folder}.md) | ${description} |`)
  return ['# TypeScript interfaces', '', '| package | |', '|---|---|', ...rows, ''].join('\n')
}

function entrySection(specifier, exports, several) {
  const title = several ? [`## ${specifier}`, ''] : []
  const others = exports.filter(({ from }) => from !== undefined)
  const borrowed = others.map(({ name, from }) => `- \`${name}\`, of \`${from}\``)
  const parts = KINDS.flatMap(([kind, heading]) => {
    const some = exports.filter((one) => one.kind === kind)
    return some.length === 0 ? [] : [`## ${heading}`, '', ...some.flatMap(exportSection)]
  })
  return [...title, ...parts, ...(borrowed.length === 0 ? [] : ['## From other packages', '', ...borrowed, ''])]
}

function exportSection({ name, comment, text }) {
  return [`### ${name}`, '', comment, '', '```ts', text, '```', '']
}
