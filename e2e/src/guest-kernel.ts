import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ours, ROOT } from './commands.ts'
import { runScript } from './page.ts'

/** Environment in which guests of qemu start here, or why there is none. */
export type GuestKernel = { readonly env: Readonly<Record<string, string>> } | { readonly reason: string }

interface Finding {
  readonly name: string
  readonly state: string
  readonly detail: string
}

/** Looks for what qemu needs. A kernel that is missing is fetched into a directory, as the documentation says. */
export async function guestKernel(directory: string): Promise<GuestKernel> {
  if (process.getuid?.() !== 0) return { reason: 'not root' }
  const found = await qemuFinding(directory, {})
  if (found.state !== 'missing') return { env: {} }
  if (process.arch !== 'x64' || !/^\S+ has no kernel for guests/.test(found.detail)) return { reason: found.detail }
  const env = await fetchKernel(directory)
  if (env === undefined) return { reason: 'no kernel can be fetched' }
  const again = await qemuFinding(directory, env)
  return again.state === 'missing' ? { reason: again.detail } : { env }
}

async function qemuFinding(cwd: string, env: Readonly<Record<string, string>>): Promise<Finding> {
  const { stdout } = await ours('melange-ts', ['doctor', '--json'], { cwd, env })
  const { findings } = JSON.parse(stdout) as { findings: Finding[] }
  return findings.find(({ name }) => name === 'runner.qemu')!
}

async function fetchKernel(directory: string): Promise<Record<string, string> | undefined> {
  const page = await readFile(join(ROOT, 'docs/runners.md'), 'utf8')
  const script = /^```sh\n(apt-get download .*?)^```$/ms.exec(page)![1]!
  const shown = `${script}printf '%s\\n%s' "$QEMU_KERNEL_IMAGE" "$QEMU_KERNEL_MODULES"\n`
  try {
    const [image = '', modules = ''] = (await runScript(shown, directory)).split('\n').slice(-2)
    return { QEMU_KERNEL_IMAGE: image, QEMU_KERNEL_MODULES: modules }
  } catch {
    return undefined
  }
}
