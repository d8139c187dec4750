import { main } from '@apkts/diagnostics/cli'
import { SUMMARY, VERSION } from './cli/about.ts'
import { commands } from './cli/index.ts'

await main({
  name: 'apko-ts',
  version: VERSION,
  summary: SUMMARY,
  examples: [
    'apko-ts build image.yaml --output image.tar',
    'apko-ts lock image.yaml',
    'apko-ts build image.yaml example/app:1.0 app.tar --arch host --lockfile image.lock.json',
  ],
  commands,
})
