import type { ExpandedPackage, FetchablePackage } from '@apkts/repository'
import type { Session } from '../environment/session.ts'

/**
 * Fetches and verifies packages, several at a time and large ones first, so that at the end no processor waits for one of
 * those; results keep the order. The first failure is thrown.
 */
export async function fetchPackages(
  wanted: readonly FetchablePackage[],
  { log, repositories }: Session,
  onFetched?: (fetched: ExpandedPackage) => void,
): Promise<ExpandedPackage[]> {
  const stage = log.stage('fetch packages')
  let done = 0
  const fetchOne = async (item: FetchablePackage): Promise<ExpandedPackage> => {
    const fetched = await repositories.fetchPackage(item)
    onFetched?.(fetched)
    stage.update({ item: fetched.name, done: ++done, total: wanted.length })
    return fetched
  }
  try {
    const fetched = new Map(largestFirst(wanted).map((item) => [item, fetchOne(item)]))
    return await Promise.all(wanted.map((item) => fetched.get(item)!))
  } finally {
    stage.end(`${done} packages`)
  }
}

function largestFirst(wanted: readonly FetchablePackage[]): FetchablePackage[] {
  const size = (item: FetchablePackage): number => ('record' in item ? item.record.size : item.size) ?? 0
  return [...wanted].sort((a, b) => size(b) - size(a))
}
