import { mkdir } from 'node:fs/promises'
import { arch, availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type CommandContext, formatBytes, UsageError } from '@apkts/diagnostics/cli'
import { generateKeyPair, type PrivateKey, readPrivateKeyFile, writeKeyPair } from '@apkts/keyring'
import { hostArchitecture, importDebs } from '../import-deb/index.ts'
import { isThere } from '../import-deb/is-there.ts'
import { readSigningKey } from '../index-repo/index.ts'

/** Runs `melange-ts import deb`; prints the directory of the repository. */
export async function run({ args, options, log, signal, env, print }: CommandContext): Promise<number> {
  const outDir = options.string('out-dir')
  const sourceDateEpoch = epochOf(env.SOURCE_DATE_EPOCH)
  const result = await importDebs({
    requests: args,
    outDir,
    downloadDir: options.string('download-dir') || join(outDir, '.debs'),
    arch: options.string('arch') || hostArchitecture(arch()),
    key: await signingKey(options.string('signing-key'), outDir, env),
    dependencies: !options.flag('no-deps'),
    documentation: options.flag('with-docs'),
    keepEpoch: options.flag('keep-epoch'),
    ...(sourceDateEpoch === undefined ? {} : { sourceDateEpoch }),
    jobs: options.int('jobs') || availableParallelism(),
    log,
    signal,
  })
  log.info(`${result.packages} packages, ${formatBytes(result.size)}, ${result.converted} converted now`)
  print(`${result.directory}\n`)
  return 0
}

async function signingKey(file: string, outDir: string, env: CommandContext['env']): Promise<PrivateKey> {
  if (file !== '') return readSigningKey(file, env)
  const own = join(outDir, 'import.rsa')
  if (!(await isThere(own))) {
    await mkdir(outDir, { recursive: true })
    await writeKeyPair(own, await generateKeyPair())
  }
  return readPrivateKeyFile(own)
}

function epochOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  if (/^\d{1,11}$/.test(text)) return Number(text)
  throw new UsageError('FLAG_VALUE', `SOURCE_DATE_EPOCH wants seconds since 1970, found ${JSON.stringify(text)}`)
}
