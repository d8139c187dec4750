import { type Difference, isDifferent, type OwnedChange } from '../compare.ts'
import { CAPABILITY, capabilitiesText } from '../files/capabilities.ts'
import type { FileFacts } from '../files/facts.ts'

/** The whole report for programs; nothing is left out. */
export function differenceJson(found: Difference): object {
  const { platforms, ...rest } = found
  return {
    different: isDifferent(found),
    ...rest,
    platforms: platforms.map(({ files, ...platform }) => ({ ...platform, files: files.map(fileJson) })),
  }
}

function fileJson({ path, package: owner, before, after, aspects }: OwnedChange): object {
  return { path, package: owner, aspects, before: before && factsJson(before), after: after && factsJson(after) }
}

function factsJson({ mode, xattrs, ...facts }: FileFacts): object {
  const capabilities = xattrs?.get(CAPABILITY)
  return {
    ...facts,
    mode: mode.toString(8).padStart(4, '0'),
    ...(xattrs === undefined ? {} : { xattrs: Object.fromEntries(xattrs) }),
    ...(capabilities === undefined ? {} : { capabilities: capabilitiesText(capabilities) }),
  }
}
