import { isRemote, type RepositoryClient } from '@apkts/repository'
import { VerifyError } from '../verify/error.ts'
import { kindOfSubject } from '../verify/kind.ts'
import { readAll } from '../verify/sources.ts'
import { type IndexInspection, inspectIndex } from './index-file.ts'
import { inspectPackage, type PackageInspection } from './package.ts'

export type Inspection = PackageInspection | IndexInspection

/**
 * Shows what is in a package or an index, by path or URL.
 * @throws VerifyError for anything else, apk v3 files among them; ApkError for a damaged one.
 */
export async function inspect(file: string, client: RepositoryClient): Promise<Inspection> {
  const kind = await kindOfSubject(file)
  if (kind === 'package') return inspectPackage(client.stream(file), file)
  if (kind === 'index') return inspectIndex(await readAll(client.stream(file), file), file)
  throw new VerifyError('NOT_CHECKABLE', `${file} is neither a package nor an index`, {
    at: { file },
    hint: isRemote(file) ? 'Name the file itself.' : 'Repositories and images can be checked with: melange-ts verify',
  })
}
