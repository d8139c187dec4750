import { availableParallelism } from 'node:os'
import type { ExpandedPackage, RepositoryClient } from '@apkts/repository'
import pLimit from 'p-limit'
import type { Session } from '../environment/session.ts'

/** Whatever the repository client can fetch. */
export type PackageSource = Parameters<RepositoryClient['fetchPackage']>[0]

/** Fetches and verifies packages, as many at a time as there are processors; results keep the order. */
export async function fetchPackages(
  sources: readonly PackageSource[],
  client: RepositoryClient,
  session: Session,
): Promise<ExpandedPackage[]> {
  const stage = session.log.stage('fetch packages')
  const limit = pLimit(availableParallelism())
  let done = 0
  let failed = false
  const fetchOne = async (source: PackageSource): Promise<ExpandedPackage> => {
    session.checkpoint()
    if (failed) throw new Error('another package failed first')
    try {
      const fetched = await client.fetchPackage(source)
      stage.update({ item: fetched.name, done: ++done, total: sources.length })
      return fetched
    } catch (error) {
      failed = true
      throw error
    }
  }
  try {
    return await Promise.all(sources.map((source) => limit(fetchOne, source)))
  } finally {
    stage.end(`${done} packages`)
  }
}
