/** What a registry wants to see before it answers (RFC 9110, 11.6.1; distribution-spec token authentication). */
export interface Challenge {
  readonly scheme: 'basic' | 'bearer'
  readonly parameters: ReadonlyMap<string, string>
}

const PARAMETER = /([a-zA-Z_-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/g

/** The first challenge of a `WWW-Authenticate` header that can be met; undefined when there is none. */
export function parseChallenge(header: string): Challenge | undefined {
  const match = /(?:^|[\s,])(basic|bearer)(?=\s|$)/i.exec(header)
  if (match === null) return undefined
  const scheme = match[1]!.toLowerCase() as Challenge['scheme']
  const parameters = [...header.slice(match.index + match[0].length).matchAll(PARAMETER)].map(
    ([, name = '', quoted, plain]): [string, string] => [
      name.toLowerCase(),
      quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '',
    ],
  )
  return { scheme, parameters: new Map(parameters) }
}
