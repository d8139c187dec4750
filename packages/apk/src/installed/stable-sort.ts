/**
 * Merge sort in place by symmetric merging (Kim and Kutzner, "Stable Minimum Storage Merging by Symmetric Comparisons"),
 * with runs of 20, as Go's `sort.SliceStable` does it. Where `compare` orders all items this is any stable sort. Where
 * it does not, as for the paths of an installed record, the result depends on which items are compared.
 */
export function stableSort<T>(items: T[], compare: (a: T, b: T) => number): void {
  const { length } = items
  for (let start = 0; start < length; start += RUN)
    insertionSort(items, [start, Math.min(start + RUN, length)], compare)
  for (let size = RUN; size < length; size *= 2) {
    for (let start = 0; start + size < length; start += 2 * size) {
      merge(items, [start, start + size, Math.min(start + 2 * size, length)], compare)
    }
  }
}

const RUN = 20

type Compare<T> = (a: T, b: T) => number

function insertionSort<T>(items: T[], [start, end]: readonly [number, number], compare: Compare<T>): void {
  for (let i = start + 1; i < end; i++) {
    for (let j = i; j > start && compare(items[j]!, items[j - 1]!) < 0; j--) swap(items, j, j - 1)
  }
}

/** Merges the sorted ranges from `start` to `middle` and from there to `end`. */
function merge<T>(items: T[], [start, middle, end]: readonly [number, number, number], compare: Compare<T>): void {
  if (middle - start === 1) insertFirst(items, [start, end], compare)
  else if (end - middle === 1) insertLast(items, [start, middle], compare)
  else mergeHalves(items, [start, middle, end], compare)
}

/** The same for ranges of more than one item: exchanges what belongs into the other half, and merges each half. */
function mergeHalves<T>(
  items: T[],
  [start, middle, end]: readonly [number, number, number],
  compare: Compare<T>,
): void {
  const half = Math.floor((start + end) / 2)
  const sum = half + middle
  let low = middle > half ? sum - end : start
  let high = middle > half ? half : middle
  while (low < high) {
    const probe = Math.floor((low + high) / 2)
    if (compare(items[sum - 1 - probe]!, items[probe]!) < 0) high = probe
    else low = probe + 1
  }
  const last = sum - low
  if (low < middle && middle < last) rotate(items, [low, middle, last])
  if (start < low && low < half) merge(items, [start, low, half], compare)
  if (half < last && last < end) merge(items, [half, last, end], compare)
}

/** Moves the first item to its place among the sorted ones behind it. */
function insertFirst<T>(items: T[], [start, end]: readonly [number, number], compare: Compare<T>): void {
  let low = start + 1
  let high = end
  while (low < high) {
    const probe = Math.floor((low + high) / 2)
    if (compare(items[probe]!, items[start]!) < 0) low = probe + 1
    else high = probe
  }
  for (let i = start; i < low - 1; i++) swap(items, i, i + 1)
}

/** Moves the item at `place` to its place among the sorted ones from `start` on. */
function insertLast<T>(items: T[], [start, place]: readonly [number, number], compare: Compare<T>): void {
  let low = start
  let high = place
  while (low < high) {
    const probe = Math.floor((low + high) / 2)
    if (compare(items[place]!, items[probe]!) < 0) high = probe
    else low = probe + 1
  }
  for (let i = place; i > low; i--) swap(items, i, i - 1)
}

/** Exchanges the ranges from `start` to `middle` and from there to `end`. */
function rotate<T>(items: T[], [start, middle, end]: readonly [number, number, number]): void {
  const moved = [...items.slice(middle, end), ...items.slice(start, middle)]
  for (const [i, item] of moved.entries()) items[start + i] = item
}

function swap<T>(items: T[], i: number, j: number): void {
  const item = items[i]!
  items[i] = items[j]!
  items[j] = item
}
