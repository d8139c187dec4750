import type { JsonValue } from '@apkts/encoding'
import type { Field, ScalarKind, Shape, Type } from './types.ts'

export interface JsonSchemaOptions {
  readonly title?: string
  readonly description?: string
  readonly id?: string
}

type Schema = { [key: string]: JsonValue | undefined }

/** JSON Schema (draft 2020-12) of the YAML that the type accepts, for editors and validators. */
export function jsonSchema(type: Type<unknown>, options: JsonSchemaOptions = {}): Schema {
  const definitions = new Map<string, Schema>()
  const root = schemaOf(type, definitions)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: options.id,
    title: options.title,
    description: options.description,
    ...root,
    $defs: Object.fromEntries(definitions),
  }
}

const SCALARS: Readonly<Record<ScalarKind, Schema>> = {
  string: { type: ['string', 'number', 'boolean', 'null'] },
  uint32: { type: ['integer', 'null'], minimum: 0, maximum: 0xffff_ffff },
  uint64: { type: ['integer', 'null'], minimum: 0 },
  int: { type: ['integer', 'null'] },
  bool: { type: ['boolean', 'null'] },
  duration: { type: ['string', 'null'], pattern: '^[-+]?([0-9.]+(ns|us|µs|ms|s|m|h))+$|^$' },
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
  schema.type = ['object', 'null']
  schema.properties = Object.fromEntries(
    [...shape.byKey.values()].map((field) => [field.key, fieldSchema(field, definitions)]),
  )
  schema.additionalProperties = false
  return reference
}

function fieldSchema(field: Field, definitions: Map<string, Schema>): Schema {
  const schema = schemaOf(field.type, definitions)
  return field.description === undefined ? schema : { description: field.description, ...schema }
}
