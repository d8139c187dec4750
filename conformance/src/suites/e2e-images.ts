import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf } from '@apkts/encoding'
import { firstDifference } from '../images/difference.ts'
import { readDockerArchive } from '../images/docker-archive.ts'
import type { CaseResult, Suite, SuiteContext } from '../suite.ts'

interface Expected {
  readonly imageId: string
  readonly config: unknown
  readonly packages: readonly string[]
}

/** Images of real software: image ID, configuration and packages in order. */
export const e2eImages: Suite = {
  name: 'e2e-images',
  quick: true,
  async *run(context) {
    const directory = join(context.data, 'e2e', 'images')
    const names = (await readdir(directory)).filter((name) => name.endsWith('.yaml')).map((name) => name.slice(0, -5))
    for (const name of names) {
      if (context.filter !== undefined && !name.includes(context.filter)) continue
      const detail = await buildAndCompare(name, context)
      yield detail === undefined ? { name, ok: true } : { name, ok: false, detail }
    }
  },
} satisfies Suite

async function buildAndCompare(name: string, context: SuiteContext): Promise<CaseResult['detail']> {
  const cwd = join(context.data, 'e2e')
  const temp = await context.temp()
  const output = join(temp, 'out.tar')
  const config = `images/${name}.yaml`
  const args = ['build', config, `e2e:${name}`, output, '--sbom-path', temp]
  const result = await context.command('apko-ts', args, { cwd, env: { SOURCE_DATE_EPOCH: '1700000000' } })
  if (result.exitCode !== 0) return `exit status ${result.exitCode}: ${result.stderr.trim()}`
  const [image] = (await readDockerArchive(output)).images
  if (image === undefined) return 'the archive holds no image'
  const expected = JSON.parse(await readFile(join(cwd, 'images', `${name}.expected.json`), 'utf8')) as Expected
  const shown = await context.command('apko-ts', ['show-packages', config, '--format', 'name=version'], { cwd })
  return (
    firstDifference('package list', expected.packages.join('\n'), shown.stdout.trimEnd()) ??
    firstDifference('config', JSON.stringify(expected.config), JSON.stringify(JSON.parse(image.config))) ??
    firstDifference('image ID', expected.imageId, digestOf(image.config))
  )
}
