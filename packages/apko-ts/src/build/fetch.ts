import type { ExpandedPackage, FetchablePackage } from '@apkts/repository'
import type { Session } from '../environment/session.ts'

/** Fetches and verifies packages, several at a time; results keep the order. The first failure is thrown. */
export async function fetchPackages(
  wanted: readonly FetchablePackage[],
  { log, repositories }: Session,
): Promise<ExpandedPackage[]> {
  const stage = log.stage('fetch packages')
  let done = 0
  const fetchOne = async (item: FetchablePackage): Promise<ExpandedPackage> => {
    const fetched = await repositories.fetchPackage(item)
    stage.update({ item: fetched.name, done: ++done, total: wanted.length })
    return fetched
  }
  try {
    return await Promise.all(wanted.map(fetchOne))
  } finally {
    stage.end(`${done} packages`)
  }
}
