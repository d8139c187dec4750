import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'

/** Something to be done with files: the function of `node:fs` without its `Sync`, and its arguments. */
export type FileCall =
  | readonly [call: 'mkdir', path: string, options: { readonly recursive?: boolean; readonly mode?: number }]
  | readonly [call: 'writeFile', path: string, content: Uint8Array | string, options: { flag: 'wx'; mode: number }]
  | readonly [call: 'symlink', target: string, path: string]
  | readonly [call: 'rename', from: string, to: string]

/** Asks for the digests of stretches of bytes: two numbers each, start and end. */
export interface DigestsCall {
  readonly algorithm: 'sha1' | 'sha256'
  readonly bytes: Uint8Array
  readonly stretches: Float64Array
}

/** Does the calls one after the other, up to one that fails. @throws its system error */
export function callHere(calls: readonly FileCall[]): void {
  for (const call of calls) callOne(call)
}

function callOne(call: FileCall): void {
  switch (call[0]) {
    case 'mkdir':
      mkdirSync(call[1], call[2])
      return
    case 'writeFile':
      writeFileSync(call[1], call[2], call[3])
      return
    case 'symlink':
      symlinkSync(call[1], call[2])
      return
    case 'rename':
      renameSync(call[1], call[2])
  }
}
