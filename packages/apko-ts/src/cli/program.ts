import { COMMON_ENVIRONMENT, type ProgramSpec } from '@apkts/diagnostics/cli'
import { SUMMARY, VERSION } from './about.ts'
import { commands } from './index.ts'

/** The command line of apko-ts: what help, completion and the reference come from. */
export const program: ProgramSpec = {
  name: 'apko-ts',
  version: VERSION,
  summary: SUMMARY,
  examples: [
    'apko-ts build image.yaml --output image.tar',
    'apko-ts lock image.yaml',
    'apko-ts build image.yaml example/app:1.0 app.tar --arch host --lockfile image.lock.json',
  ],
  environment: [
    { names: 'SOURCE_DATE_EPOCH', description: 'date of the image in seconds since 1970; wins over --build-date' },
    { names: 'GOOS, GOARCH', description: 'which image publish --local loads (default linux, amd64)' },
    {
      names: 'DOCKER_TLS_VERIFY',
      description: 'when set, publish --local refuses tcp:// in DOCKER_HOST: it speaks no TLS there',
    },
    ...COMMON_ENVIRONMENT,
  ],
  commands,
}
