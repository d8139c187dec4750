import type { SourceImage } from '@apkts/registry'

/** What is compared of an image besides its files (OCI image-spec, config.md): what it runs as, labels, annotations. */
export function imageSettings({ config, annotations, layers }: SourceImage): object {
  const { Env, Cmd, Entrypoint, Volumes, ExposedPorts, ...rest } = objectOf(config.config)
  return {
    created: config.created,
    author: config.author,
    layers: layers.length,
    ...rest,
    Env: variables(Env),
    // The order of words matters: these are values, not lists of them.
    Entrypoint: words(Entrypoint),
    Cmd: words(Cmd),
    Volumes: Object.keys(objectOf(Volumes)),
    ExposedPorts: Object.keys(objectOf(ExposedPorts)),
    annotations,
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Record<string, unknown>) : {}
}

function variables(env: unknown): ReadonlyMap<string, string> {
  const texts = Array.isArray(env) ? env.filter((item) => typeof item === 'string') : []
  return new Map(
    texts.map((text): [string, string] => {
      const at = text.indexOf('=')
      return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}

function words(value: unknown): string | undefined {
  if (!Array.isArray(value)) return undefined
  return JSON.stringify(value.map(String))
}
