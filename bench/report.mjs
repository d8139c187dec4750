import { readFileSync, writeFileSync } from 'node:fs'

/** One line a contestant for the terminal. */
export function resultLines({ case: name, goal, contestants }, before) {
  return Object.entries(contestants).map(([who, figures]) => {
    const { wallMs, cpuMs, peakMb, outputMb } = figures
    const wall = [wallMs.min, wallMs.median, wallMs.max].map((ms) => ms.toFixed(0).padStart(6)).join(' ')
    const size = outputMb === undefined ? '' : `  output ${outputMb.median.toFixed(1)} MB`
    const note = who === 'ours' ? ownNote(goal, before) : `  ratio ${ratio(contestants, who).toFixed(2)}`
    return `${name.padEnd(32)} ${who.padEnd(8)} wall ${wall} ms  cpu ${cpuMs.median.toFixed(0).padStart(6)} ms  peak ${peakMb.median.toFixed(0).padStart(5)} MB${size}${note}`
  })
}

function ownNote(goal, before) {
  const aim = goal === undefined ? '' : `  goal ${goal}`
  return before === undefined ? aim : `${aim}  last ${before.contestants.ours.wallMs.median.toFixed(0)} ms`
}

function ratio(contestants, who) {
  return contestants[who].wallMs.median / contestants.ours.wallMs.median
}

const GROWTH = [10, 100, 1000]

/** What one package more costs: a line for ours and each peer, of as many steps as were measured. */
export function growthLines(results) {
  const measured = GROWTH.flatMap((packages) => {
    const result = results.find(({ case: name }) => name === `image-growth-${packages}`)
    return result === undefined ? [] : [{ packages, contestants: result.contestants }]
  })
  const everywhere = (who) => measured.every(({ contestants }) => who in contestants)
  const contestants = Object.keys(measured[0]?.contestants ?? {}).filter(everywhere)
  return measured.length < 2 ? [] : contestants.map((who) => growthLine(who, measured))
}

function growthLine(who, measured) {
  const steps = measured.slice(1).map(({ packages, contestants }, at) => {
    const before = measured[at]
    const more = contestants[who].wallMs.median - before.contestants[who].wallMs.median
    const each = more / (packages - before.packages)
    return `${each.toFixed(1)} ms from ${before.packages} to ${packages}`
  })
  return `One package more in an image, ${who}: ${steps.join(', ')}`
}

const [BEGIN, END] = ['<!-- figures -->', '<!-- end of figures -->']

/** Puts the recorded figures into a document, between its two marks. */
export function writeFigures(path, { node, cpus, model, results }) {
  const text = readFileSync(path, 'utf8')
  const [start, end] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (start < 0 || end < start) throw new Error(`${path} lacks the marks ${BEGIN} and ${END}`)
  const table = [
    `Node ${node}, ${cpus} × ${model}. Medians of the runs, smallest and largest in brackets.`,
    '',
    '| case | what | goal | wall, ms | CPU, ms | peak, MB | output, MB | against the original |',
    '|---|---|---|---|---|---|---|---|',
    ...results.map(tableRow),
    '',
    ...growthLines(results).flatMap((line) => [`${line}.`, '']),
  ]
  writeFileSync(path, `${text.slice(0, start)}${BEGIN}\n${table.join('\n').trimEnd()}\n${text.slice(end)}`)
}

function tableRow({ case: name, what, goal = '', contestants }) {
  const { wallMs, cpuMs, peakMb, outputMb } = contestants.ours
  const peers = Object.keys(contestants).filter((who) => who !== 'ours')
  const against = peers.map((who) => `${ratio(contestants, who).toFixed(2)} × ${who}`).join(', ')
  const wall = `${wallMs.median.toFixed(0)} (${wallMs.min.toFixed(0)} … ${wallMs.max.toFixed(0)})`
  const size = outputMb === undefined ? '' : outputMb.median.toFixed(1)
  return `| ${[`\`${name}\``, what, goal, wall, cpuMs.median.toFixed(0), peakMb.median.toFixed(0), size, against].join(' | ')} |`
}
