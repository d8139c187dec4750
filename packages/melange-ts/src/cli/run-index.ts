import type { CommandContext } from '@apkts/diagnostics/cli'
import { type Keys, type PrivateKey, readPublicKeys } from '@apkts/keyring'
import {
  identityOf,
  openIndexMemory,
  openOwnBodies,
  readPackageRecords,
  readSigningKeys,
  updateIndex,
} from '../index-repo/index.ts'

export async function run({ args, options, log, env }: CommandContext): Promise<undefined> {
  const keys = await readSigningKeys(options.list('signing-key'), env)
  const output = options.string('output')
  const arch = options.string('arch')
  const source = options.flag('merge') ? (options.given('source') ? options.string('source') : output) : undefined
  const memory = await openIndexMemory(output, env)
  const request = (identities: Identities | undefined) => requestOf(args, identities, keys, { arch, source, output })
  const before = memory === undefined || memory.isEmpty ? undefined : args.map((file) => identityOf(file))
  if (await memory?.isDone(request(before))) {
    log.info(`${output} is up to date`, { packages: args.length, signed: keys.length > 0 })
    return
  }
  const { records, identities } = readPackageRecords(args, { arch, log, memory, identities: before })
  const ignore = options.flag('ignore-signatures')
  const trusted = ignore ? undefined : await trustedKeys(options.list('keyring-append'), keys)
  const key = keys.length === 0 ? undefined : keys
  const bodies = openOwnBodies(output, env)
  const written = await updateIndex({ output, source, trusted, records, key, bodies })
  await memory?.done(request(identities))
  await memory?.save()
  const what = written ? `wrote ${output}` : `${output} is up to date`
  log.info(what, { packages: records.length, signed: keys.length > 0 })
}

type Identities = readonly (string | undefined)[]

/**
 * Everything the output depends on, as one text; undefined when that cannot be known without doing the work, because a
 * package is too young or another index is merged.
 */
function requestOf(
  files: readonly string[],
  identities: Identities | undefined,
  keys: readonly PrivateKey[],
  { arch, source, output }: { readonly arch: string; readonly source: string | undefined; readonly output: string },
): string | undefined {
  if (source !== undefined && source !== output) return undefined
  if (identities === undefined || identities.includes(undefined)) return undefined
  const signers = keys.map(({ name, publicPem }) => [name, publicPem])
  return JSON.stringify([files, identities, signers, arch, source ?? null])
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
