import type { JsonValue } from '@apkts/encoding'
import type { Field, ScalarKind, Shape, Type } from './types.ts'

/** What a JSON Schema says of itself. */
export interface JsonSchemaOptions {
  readonly title?: string
  readonly description?: string
  readonly id?: string
}

type Schema = { [key: string]: JsonValue | undefined }

/**
 * JSON Schema (draft 07, which every editor's YAML support knows) of the YAML that the type accepts. It looks at values
 * as a reader of YAML 1.2 sees them, so numbers that only go-yaml reads as such (`0b11`, `1_000`) are texts here.
 */
export function jsonSchema(type: Type<unknown>, options: JsonSchemaOptions = {}): Schema {
  const definitions = new Map<string, Schema>()
  const root = schemaOf(type, definitions)
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: options.id,
    title: options.title,
    description: options.description,
    ...root,
    $defs: Object.fromEntries(definitions),
  }
}

/** Texts of numbers that YAML 1.2 does not know. */
const GO_NUMBER = '^[-+]?(0[bB][01][01_]*|[0-9]+(_[0-9]+)+|0[xX][0-9a-fA-F_]+|0[oO][0-7_]+)$'
const BOOL_WORDS = ['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']

const SCALARS: Readonly<Record<ScalarKind, Schema>> = {
  string: { type: ['string', 'number', 'boolean', 'null'] },
  uint32: number({ minimum: 0, maximum: 0xffff_ffff }),
  uint64: number({ minimum: 0 }),
  int: number({}),
  bool: { enum: [true, false, null, ...BOOL_WORDS] },
  duration: { type: ['string', 'null'], pattern: '^[-+]?([0-9.]+(ns|us|µs|ms|s|m|h))+$|^0$' },
}

function number(range: Schema): Schema {
  return { type: ['number', 'string', 'null'], ...range, pattern: GO_NUMBER }
}

function schemaOf(type: Type<unknown>, definitions: Map<string, Schema>): Schema {
  const { shape } = type
  switch (shape.kind) {
    case 'scalar':
      return { ...SCALARS[shape.scalar] }
    case 'list':
      return { type: ['array', 'null'], items: schemaOf(shape.item, definitions) }
    case 'map':
      return { type: ['object', 'null'], additionalProperties: schemaOf(shape.item, definitions) }
    case 'optional':
    case 'converted':
      return schemaOf(shape.item, definitions)
    case 'lazy':
      return schemaOf(shape.get(), definitions)
    case 'place':
      return {}
    case 'struct':
      return structSchema(shape, definitions)
  }
}

function structSchema(shape: Shape & { kind: 'struct' }, definitions: Map<string, Schema>): Schema {
  const reference = { $ref: `#/$defs/${encodeURIComponent(shape.name)}` }
  if (definitions.has(shape.name)) return reference
  const schema: Schema = {}
  // Known by name before its members are described, so that a struct may contain itself.
  definitions.set(shape.name, schema)
  const fields = [...shape.byKey.values()]
  const required = fields.filter((field) => field.hints?.required === true).map((field) => field.key)
  schema.type = ['object', 'null']
  schema.properties = Object.fromEntries(fields.map((field) => [field.key, fieldSchema(field, definitions)]))
  if (required.length > 0) schema.required = required
  schema.additionalProperties = false
  return reference
}

function fieldSchema({ type, description, hints = {} }: Field, definitions: Map<string, Schema>): Schema {
  const { required: _, ...extra } = hints
  const own = schemaOf(type, definitions)
  if (description === undefined && Object.keys(extra).length === 0) return own
  // Draft 07 ignores what stands beside a $ref.
  const schema = own.$ref === undefined ? own : { allOf: [own] }
  return { ...(description === undefined ? {} : { description }), ...schema, ...extra }
}
