import { compareBytes } from '@apkts/encoding'
import { CAPABILITY } from './capabilities.ts'
import type { FileFacts } from './facts.ts'

export type FileAspect = 'type' | 'content' | 'mode' | 'owner' | 'link' | 'device' | 'capabilities' | 'xattrs' | 'mtime'

/** One path that two images have differently. */
export interface FileChange {
  readonly path: string
  /** Absent for a path that was added. */
  readonly before?: FileFacts
  /** Absent for a path that was removed. */
  readonly after?: FileFacts
  /** What of a path that both have is different. */
  readonly aspects: readonly FileAspect[]
}

type Files = ReadonlyMap<string, FileFacts>

/** What differs between the files of two images, by path. */
export function fileChanges(before: Files, after: Files): FileChange[] {
  const paths = new Set([...before.keys(), ...after.keys()])
  const changes: FileChange[] = []
  for (const path of paths) {
    const [was, is] = [before.get(path), after.get(path)]
    if (was === is) continue
    if (was === undefined) changes.push({ path, after: is!, aspects: [] })
    else if (is === undefined) changes.push({ path, before: was, aspects: [] })
    else {
      const aspects = differentAspects(was, is)
      if (aspects.length > 0) changes.push({ path, before: was, after: is, aspects })
    }
  }
  return changes.sort((a, b) => compareBytes(a.path, b.path))
}

/** True for a change of nothing but the time of modification. */
export function isOnlyTime({ before, after, aspects }: FileChange): boolean {
  return before !== undefined && after !== undefined && aspects.every((aspect) => aspect === 'mtime')
}

function differentAspects(a: FileFacts, b: FileFacts): FileAspect[] {
  const differs: Readonly<Record<FileAspect, boolean>> = {
    type: a.type !== b.type,
    content: a.sha256 !== b.sha256 || a.size !== b.size,
    mode: a.mode !== b.mode,
    owner: a.uid !== b.uid || a.gid !== b.gid,
    link: a.link !== b.link,
    device: a.device !== b.device,
    capabilities: a.xattrs?.get(CAPABILITY) !== b.xattrs?.get(CAPABILITY),
    xattrs: otherXattrs(a) !== otherXattrs(b),
    mtime: a.mtime !== b.mtime,
  }
  return (Object.keys(differs) as FileAspect[]).filter((aspect) => differs[aspect])
}

function otherXattrs({ xattrs }: FileFacts): string {
  const others = [...(xattrs ?? [])].filter(([name]) => name !== CAPABILITY)
  return JSON.stringify(others.sort(([a], [b]) => compareBytes(a, b)))
}
