import { anchor, code, prose, table } from './markdown.mjs'

const SCALARS = {
  string: { name: 'text', zero: 'empty' },
  uint32: { name: 'number', zero: '0' },
  uint64: { name: 'number', zero: '0' },
  int: { name: 'number', zero: '0' },
  bool: { name: 'yes or no', zero: 'no' },
  duration: { name: 'duration', zero: 'none' },
}

/**
 * Every key of the YAML that a type of `@apkts/config` describes: a section for each mapping with known keys.
 * `elsewhere`: names of mappings that another page describes → that page.
 */
export function schemaPage(type, { title, source, introduction, elsewhere = new Map() }) {
  const sections = collect(type, elsewhere)
  return [
    `# ${title}`,
    '',
    `<!-- Written by \`npm run reference\` from ${source}. -->`,
    '',
    introduction,
    '',
    'An unknown key is an error. Texts may be written as numbers or yes and no, too: they are taken as they stand. A key that is absent',
    'or null has its default. Durations are written like `1h30m`.',
    '',
    ...[...sections.values()].flatMap((section) => sectionText(section, elsewhere)),
  ].join('\n')
}

/** Mappings by name, in the order in which a reader meets them, each with the places where it stands. */
function collect(type, elsewhere) {
  const sections = new Map()
  const visit = (shape, place) => {
    if (shape.kind === 'lazy') return visit(shape.get().shape, place)
    if (shape.kind === 'list') return visit(shape.item.shape, `${place}[]`)
    if (shape.kind === 'map') return visit(shape.item.shape, `${place}.NAME`)
    if (shape.kind === 'optional' || shape.kind === 'converted') return visit(shape.item.shape, place)
    if (shape.kind !== 'struct' || elsewhere.has(shape.name)) return
    const known = sections.get(shape.name)
    if (known !== undefined) {
      if (!known.places.includes(place)) known.places.push(place)
      return
    }
    sections.set(shape.name, { shape, places: place === '' ? [] : [place] })
    for (const field of shape.byKey.values())
      visit(field.type.shape, place === '' ? field.key : `${place}.${field.key}`)
  }
  visit(type.shape, '')
  return sections
}

function sectionText({ shape, places }, elsewhere) {
  const rows = [...shape.byKey.values()].map(({ key, type, description, hints = {} }) => [
    code(key),
    typeText(type.shape, elsewhere),
    hints.required ? '**required**' : defaultText(type.shape, hints),
    [prose(description), ...hintTexts(hints)].join('; '),
  ])
  return [
    `## ${titleOf(shape.name)}`,
    '',
    ...(places.length === 0 ? [] : [`At ${places.map(code).join(', ')}.`, '']),
    ...table(['key', 'type', 'default', ''], rows),
  ]
}

function titleOf(name) {
  return name.replace(/^(an?|the) /, '')
}

function typeText(shape, elsewhere) {
  switch (shape.kind) {
    case 'scalar':
      return SCALARS[shape.scalar].name
    case 'list':
      return `list: ${typeText(shape.item.shape, elsewhere)}`
    case 'map':
      return `mapping of names: ${typeText(shape.item.shape, elsewhere)}`
    case 'lazy':
      return typeText(shape.get().shape, elsewhere)
    case 'struct':
      return `[${titleOf(shape.name)}](${elsewhere.get(shape.name) ?? ''}#${anchor(titleOf(shape.name))})`
    default:
      return typeText(shape.item.shape, elsewhere)
  }
}

function defaultText(shape, hints) {
  if (hints.default !== undefined) return code(String(hints.default))
  switch (shape.kind) {
    case 'scalar':
      return SCALARS[shape.scalar].zero
    case 'list':
    case 'map':
      return 'empty'
    case 'converted':
      return defaultText(shape.item.shape, hints)
    case 'optional':
      return 'absent'
    default:
      return ''
  }
}

function hintTexts({ enum: values, pattern, minimum, minLength, examples }) {
  return [
    values &&
      `one of ${values
        .filter((value) => value !== '')
        .map(quoted)
        .join(', ')}${values.includes('') ? ', or empty' : ''}`,
    pattern && `matches ${quoted(pattern)}`,
    minimum !== undefined && minimum > 0 && `at least ${minimum}`,
    minLength && 'not empty',
    examples && `such as ${examples.map(quoted).join(', ')}`,
  ].filter((text) => text)
}

function quoted(value) {
  return code(String(value))
}
