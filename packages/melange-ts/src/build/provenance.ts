import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { rootFile } from '@apkts/apk'
import { melangeGzip, writeTar } from '@apkts/archive'
import { writeFileAtomic } from '@apkts/cache'
import { concatBytes, goJson, type JsonValue, utf8 } from '@apkts/encoding'
import { signControl } from '@apkts/keyring'
import { compiledJson } from '../compile/document.ts'
import type { CompiledRecipe } from '../compile/types.ts'
import type { EmittedPackage } from '../emit/index.ts'
import type { BuildOptions } from './options.ts'

/**
 * Writes `<name>-<version>.attest.tar.gz` beside a package: how it was made, as an in-toto statement with SLSA provenance
 * (in-toto Statement v1, SLSA Provenance v1), signed like a package.
 */
export async function writeProvenance(
  emitted: EmittedPackage,
  recipe: CompiledRecipe,
  started: Date,
  options: BuildOptions,
): Promise<void> {
  const stem = emitted.file.slice(0, -'.apk'.length)
  const statementOf = options.likeMelange ? melangeStatement : provenanceStatement
  const statement = statementOf(emitted, {
    recipe,
    digest: await fileDigest(emitted.file),
    tool: options.tool,
    started,
    finished: new Date(),
  })
  const mtime = options.buildDate.seconds
  const entry = rootFile(`${basename(stem)}.attestation`, utf8(goJson(statement, '  ')), 0o644, mtime)
  const content = melangeGzip(writeTar([entry], { end: false }))
  const { signing } = options
  const bytes = signing === undefined ? content : concatBytes([signControl(content, signing.key, mtime), content])
  await writeFileAtomic(`${stem}.attest.tar.gz`, bytes)
}

interface StatementFacts {
  readonly recipe: CompiledRecipe
  /** SHA-256 of the package file. */
  readonly digest: string
  readonly tool: string
  readonly started: Date
  readonly finished: Date
}

export function provenanceStatement(emitted: EmittedPackage, facts: StatementFacts): JsonValue {
  const packages = facts.recipe.environment.contents.packages
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: basename(emitted.file), digest: { sha256: facts.digest } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'https://chainguard.dev/buildtypes/melange/v1',
        externalParameters: new Map([['package-configuration', compiledJson(facts.recipe)]]),
        internalParameters: { datahash: emitted.dataHash },
        resolvedDependencies: packages.map((name) => ({ uri: `pkg:apk/${name.replace('=', '@')}` })),
      },
      runDetails: {
        builder: { id: 'https://chainguard.dev/prod/builders/melange/v1', version: { melange: facts.tool } },
        metadata: { startedOn: facts.started.toISOString(), finishedOn: facts.finished.toISOString() },
      },
    },
  }
}

/** The form that melange writes, whose field names and digest no verifier of in-toto accepts. */
function melangeStatement(emitted: EmittedPackage, { recipe, tool, started, finished }: StatementFacts): JsonValue {
  return {
    type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: basename(emitted.file), digest: { sha256: emitted.dataHash } }],
    predicate_type: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'https://chainguard.dev/buildtypes/melange/v1',
        externalParameters: new Map([['package-configuration', compiledJson(recipe)]]),
      },
      runDetails: {
        builder: { id: 'https://chainguard.dev/prod/builders/melange/v1', version: { melange: tool } },
        metadata: { finishedOn: finished.toISOString(), startedOn: started.toISOString() },
      },
    },
  }
}

async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}
