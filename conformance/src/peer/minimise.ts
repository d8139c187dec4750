import type { PeerCase } from './case.ts'

type Holds = (candidate: unknown) => Promise<boolean>

/**
 * A smaller case that still differs: each part of it is left out if that holds without it. `differs` is asked at most
 * `limit` times.
 */
export async function minimise(
  item: PeerCase,
  differs: (candidate: PeerCase) => Promise<boolean>,
  limit = 300,
): Promise<PeerCase> {
  let asked = 0
  return (await smaller(item, async (candidate) => asked++ < limit && differs(candidate as PeerCase))) as PeerCase
}

async function smaller(value: unknown, holds: Holds): Promise<unknown> {
  if (Array.isArray(value)) return smallerArray(value, holds)
  return typeof value === 'object' && value !== null ? smallerObject(value, holds) : value
}

// Halves first, then single elements, then what is in those that are left.
async function smallerArray(value: readonly unknown[], holds: Holds): Promise<unknown[]> {
  let rest = [...value]
  for (let size = Math.ceil(rest.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < rest.length; ) {
      const candidate = rest.toSpliced(at, size)
      if (await holds(candidate)) rest = candidate
      else at += size
    }
  }
  for (const at of rest.keys()) rest[at] = await smaller(rest[at], (part) => holds(rest.with(at, part)))
  return rest
}

async function smallerObject(value: object, holds: Holds): Promise<object> {
  let rest: Record<string, unknown> = { ...value }
  for (const key of Object.keys(value)) {
    const { [key]: _, ...others } = rest
    if (await holds(others)) rest = others
  }
  for (const key of Object.keys(rest)) rest[key] = await smaller(rest[key], (part) => holds({ ...rest, [key]: part }))
  return rest
}
