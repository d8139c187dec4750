import { main } from '@apkts/diagnostics/cli'
import { SUMMARY, VERSION } from './cli/about.ts'
import { commands } from './cli/index.ts'

await main({
  name: 'melange-ts',
  version: VERSION,
  summary: SUMMARY,
  examples: [
    'melange-ts keygen',
    'melange-ts build hello.yaml --signing-key melange.rsa --arch host',
    'melange-ts test hello.yaml --repository-append ./packages --keyring-append melange.rsa.pub',
  ],
  commands,
})
