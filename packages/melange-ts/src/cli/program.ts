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
    ...COMMON_ENVIRONMENT,
  ],
  commands,
}
