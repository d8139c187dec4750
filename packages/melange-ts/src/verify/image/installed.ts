import { type InstalledFile, parseInstalled } from '@apkts/apk'
import { hex, utf8Decode } from '@apkts/encoding'
import { faultOf, isFault } from '../package.ts'
import type { Findings } from '../types.ts'
import type { ImageTree } from './tree.ts'

/** Number of packages the database of an image lists, after comparing each of their files with the layers. */
export function checkInstalled(tree: ImageTree, where: string, findings: Findings): number {
  if (tree.database === undefined) {
    findings.warn('DATABASE_MISSING', 'no installed database: its files cannot be compared with their packages', where)
    return 0
  }
  const file = `${where} ${tree.database.path}`
  try {
    const packages = parseInstalled(utf8Decode(tree.database.bytes), file)
    const wanted = new Map<string, { readonly file: InstalledFile; readonly owner: string }[]>()
    for (const { record, files } of packages) {
      for (const installed of files) {
        const known = wanted.get(installed.path)
        const claim = { file: installed, owner: `${record.name}-${record.version}` }
        if (known === undefined) wanted.set(installed.path, [claim])
        else known.push(claim)
      }
    }
    for (const [path, claims] of wanted) checkPath(path, claims, tree, where, findings)
    return packages.length
  } catch (error) {
    if (!isFault(error)) throw error
    findings.faults.push(faultOf(error, file))
    return 0
  }
}

/** Files below these are there to be changed; apk itself does not overwrite them (`audit` calls that protected). */
const PROTECTED = /^(etc|var|run)\//

function checkPath(
  path: string,
  claims: readonly { readonly file: InstalledFile; readonly owner: string }[],
  tree: ImageTree,
  where: string,
  findings: Findings,
): void {
  const summed = claims.filter(({ file }) => file.checksum !== undefined)
  const owner = claims.map((claim) => claim.owner).join(', ')
  const report = (code: string, message: string) => {
    const place = `${where} ${path}`
    if (PROTECTED.test(path)) findings.warn(code, message, place)
    else findings.fault(code, message, place)
  }
  const entry = path === '' ? undefined : tree.lookup(path)
  if (entry === undefined) {
    if (path !== '') report('FILE_MISSING', `${owner} installed it, but no layer has it`)
    return
  }
  const found = entry.sha1 === undefined ? undefined : hex(entry.sha1)
  if (summed.length === 0 || summed.some(({ file }) => hex(file.checksum!) === found)) return
  const wanted = summed.map(({ file }) => hex(file.checksum!)).join(' or ')
  report('FILE_CHECKSUM', `${owner} installed it with SHA-1 ${wanted}, the layers have ${found ?? `a ${entry.type}`}`)
}
