/** Where decoded objects came from: offsets into the text, kept beside the values so that the values stay plain. */
export interface Places {
  record(value: object, offset: number, members: ReadonlyMap<string | number, number>): void
  /** Offset of the value at the path below `root`, or of its nearest part that is in the text. */
  find(root: unknown, path: readonly (string | number)[]): number | undefined
  keysOf(value: object): ReadonlySet<string>
}

interface Place {
  readonly offset: number
  readonly members: ReadonlyMap<string | number, number>
}

export function createPlaces(): Places {
  const places = new WeakMap<object, Place>()
  return {
    record: (value, offset, members) => void places.set(value, { offset, members }),
    keysOf: (value) => new Set([...(places.get(value)?.members.keys() ?? [])].map(String)),
    find(root, path) {
      let value: unknown = root
      let offset: number | undefined
      for (const key of [undefined, ...path]) {
        if (key !== undefined) {
          const place = isObject(value) ? places.get(value) : undefined
          const member = place?.members.get(key)
          if (member === undefined) return offset
          offset = member
          value = (value as Record<string | number, unknown>)[key]
        }
        if (isObject(value)) offset = places.get(value)?.offset ?? offset
      }
      return offset
    },
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
