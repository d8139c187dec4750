import { COMMON_ENVIRONMENT, type ProgramSpec } from '@apkts/diagnostics/cli'
import { SUMMARY, VERSION } from './about.ts'
import { commands } from './index.ts'

/** The command line of melange-ts: what help, completion and the reference come from. */
export const program: ProgramSpec = {
  name: 'melange-ts',
  version: VERSION,
  summary: SUMMARY,
  examples: [
    'melange-ts keygen',
    'melange-ts build hello.yaml --signing-key melange.rsa --arch host',
    'melange-ts test hello.yaml --repository-append ./packages --keyring-append melange.rsa.pub',
  ],
  environment: [
    { names: 'SOURCE_DATE_EPOCH', description: 'date of packages in seconds since 1970; wins over --build-date' },
    { names: 'MELANGE_KEY_PASSPHRASE', description: 'opens an encrypted signing key' },
    { names: 'MELANGE_VERSIONED_SHLIB_DEPENDS', description: 'when set, libraries are depended on with their version' },
    { names: 'TERM', description: 'terminal of an interactive shell in a step' },
    {
      names: 'QEMU_KERNEL_IMAGE',
      description: 'kernel of the machines of --runner qemu (default: the newest in /boot)',
    },
    { names: 'QEMU_KERNEL_MODULES', description: 'directory of its modules (default: /lib/modules)' },
    { names: 'QEMU_KERNEL_CMDLINE', description: 'more arguments for that kernel' },
    { names: 'QEMU_DISKS_PATH', description: 'where disks of machines are made (default: the temporary directory)' },
    { names: 'QEMU_NET_CIDR', description: 'IPv4 network of machines (default: 10.0.2.0/24)' },
    { names: 'QEMU_DNS_SEARCH', description: 'domains that machines search, separated by commas' },
    ...COMMON_ENVIRONMENT,
  ],
  commands,
}
