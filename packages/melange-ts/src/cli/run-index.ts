import type { CommandContext } from '@apkts/diagnostics/cli'
import { type Keys, type PrivateKey, readPublicKeys } from '@apkts/keyring'
import { openIndexMemory, readPackageRecords, readSigningKeys, updateIndex } from '../index-repo/index.ts'

export async function run({ args, options, log, env }: CommandContext): Promise<undefined> {
  const keys = await readSigningKeys(options.list('signing-key'), env)
  const output = options.string('output')
  const memory = await openIndexMemory(output, env)
  const records = await readPackageRecords(args, {
    arch: options.string('arch'),
    log,
    ...(memory === undefined ? {} : { memory }),
  })
  const source = options.given('source') ? options.string('source') : output
  const trusted = options.flag('ignore-signatures')
    ? undefined
    : await trustedKeys(options.list('keyring-append'), keys)
  const written = await updateIndex({
    output,
    source: options.flag('merge') ? source : undefined,
    trusted,
    records,
    key: keys.length === 0 ? undefined : keys,
  })
  await memory?.save()
  const what = written ? `wrote ${output}` : `${output} is up to date`
  log.info(what, { packages: records.length, signed: keys.length > 0 })
}

/**
 * Keys that must have signed an index whose records are taken over: without any, and without signing the result, nothing
 * is vouched for and nothing is asked.
 */
async function trustedKeys(files: readonly string[], signing: readonly PrivateKey[]): Promise<Keys | undefined> {
  if (files.length === 0 && signing.length === 0) return undefined
  const own = signing.map(({ name, publicPem }): [string, string] => [name, publicPem])
  return new Map([...(await readPublicKeys(files)), ...own])
}
