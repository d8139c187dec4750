import { access, realpath, stat } from 'node:fs/promises'
import type { ImageConfig } from '@apkts/config'
import { isSystemError } from '@apkts/diagnostics'
import type { Guest, GuestResources, Mount } from '@apkts/sandbox'
import type { Capabilities } from '../recipe/types.ts'
import { guestUser } from './run-as.ts'
import { GUEST_HOME } from './step-command.ts'

const GUEST_CACHE = '/var/cache/melange'
const RESOLV_CONF = '/etc/resolv.conf'

export interface GuestOptions {
  readonly root: string
  readonly rootShared?: boolean | undefined
  readonly enter?: readonly string[] | undefined
  readonly rootSeen?: string | undefined
  readonly workspace: string
  readonly cacheDir: string
  readonly accounts: ImageConfig['accounts']
  readonly capabilities: Capabilities
  readonly environment: Readonly<Record<string, string>>
  readonly platform: string
  readonly networking: boolean
  readonly resources?: GuestResources | undefined
}

/** The guest that steps see: its root, the workspace at the home of the build user, the cache when there is one. */
export async function describeGuest(options: GuestOptions): Promise<Guest> {
  return {
    root: options.root,
    rootShared: options.rootShared,
    enter: options.enter,
    rootSeen: options.rootSeen,
    mounts: await guestMounts(options),
    environment: options.environment,
    user: guestUser(options.accounts),
    capabilities: options.capabilities,
    networking: options.networking,
    platform: options.platform,
    resources: options.resources,
  }
}

async function guestMounts({ workspace, cacheDir }: GuestOptions): Promise<Mount[]> {
  const mounts: Mount[] = [{ source: workspace, target: GUEST_HOME }]
  // A host without name servers has no such file; steps then do without, too.
  if (await exists(RESOLV_CONF)) mounts.push({ source: RESOLV_CONF, target: RESOLV_CONF })
  const cache = cacheDir === '' ? undefined : await directoryBehind(cacheDir)
  if (cache !== undefined) mounts.push({ source: cache, target: GUEST_CACHE })
  return mounts
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

async function directoryBehind(path: string): Promise<string | undefined> {
  try {
    const real = await realpath(path)
    return (await stat(real)).isDirectory() ? real : undefined
  } catch (error) {
    if (isSystemError(error)) return undefined
    throw error
  }
}
