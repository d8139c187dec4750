import { compareBytes, utf8 } from '@apkts/encoding'
import type { Tree } from './tree/tree.ts'

/** Writes the supervision tree that `s6-svscan /sv` runs: one `run` script (execlineb) per service. */
export function writeServices(tree: Tree, services: Readonly<Record<string, string>>): void {
  const sorted = Object.entries(services).sort(([a], [b]) => compareBytes(a, b))
  for (const [name, command] of sorted) {
    tree.makeDirectories(`sv/${name}`, 0o777)
    tree.writeFile(`sv/${name}/run`, utf8(`#!/bin/execlineb\n${command}\n`), 0o755)
  }
}
