import { join } from 'node:path'
import { ALL_ARCHS, toApkArch } from '@apkts/config'
import { checkEmulation, SandboxError } from '@apkts/sandbox'
import type { Finding, Machine } from './types.ts'

/** For which architectures steps can run: natively, or by an emulator that the kernel knows. */
export async function archFindings({ root, arch: host }: Machine): Promise<Finding[]> {
  return Promise.all(
    ALL_ARCHS.map(toApkArch).map(async (arch): Promise<Finding> => {
      const name = `arch.${arch}`
      try {
        const how = await checkEmulation(arch, { host, binfmt: join(root, 'proc/sys/fs/binfmt_misc') })
        return { name, state: 'works', detail: how }
      } catch (error) {
        if (!(error instanceof SandboxError)) throw error
        return { name, state: 'missing', detail: error.message, hint: error.hint }
      }
    }),
  )
}
