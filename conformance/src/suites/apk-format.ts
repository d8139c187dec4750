import { compressorFacts } from '../apk-format/compressors.ts'
import { packageFacts } from '../apk-format/package.ts'
import { pkgInfoFacts } from '../apk-format/pkginfo.ts'
import type { CaseResult, Suite, SuiteContext } from '../suite.ts'

/** The worked examples of the apk v2 format: one package and index byte for byte, compressors, signatures, readings. */
export const apkFormat: Suite = { name: 'apk-format', quick: true, run }

async function* run({ filter = '' }: SuiteContext): AsyncIterable<CaseResult> {
  for (const facts of [packageFacts, compressorFacts, pkgInfoFacts]) {
    for (const { name, expected, found } of facts()) {
      if (!name.includes(filter)) continue
      if (expected === found) yield { name, ok: true }
      else yield { name, ok: false, detail: `expected ${expected}, found ${found}` }
    }
  }
}
