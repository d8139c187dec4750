import type { CommandSpec } from '@apkts/diagnostics/cli'

export const queryCommand: CommandSpec = {
  name: 'query',
  usage: 'RECIPE.yaml TEMPLATE',
  summary: 'Print a Go text template filled from a loaded recipe.',
  details: `Fields have the names of melange's Go types, such as .Package.Name or .Environment.Contents.Packages. Nothing is compiled: packages
that steps need are not in the lists. No newline is added.`,
  examples: [
    "melange-ts query hello.yaml '{{ .Package.Name }}-{{ .Package.FullVersion }}'",
    "melange-ts query hello.yaml '{{ range .AllPackageNames }}{{ println . }}{{ end }}'",
  ],
  args: { min: 2, max: Number.POSITIVE_INFINITY },
  options: [],
  load: () => import('./run-query.ts'),
}

export const packageVersionCommand: CommandSpec = {
  name: 'package-version',
  usage: 'RECIPE.yaml',
  summary: 'Print NAME-VERSION-rEPOCH of a recipe, without a newline.',
  examples: ['melange-ts package-version hello.yaml', 'echo "$(melange-ts package-version hello.yaml).apk"'],
  args: { min: 1, max: Number.POSITIVE_INFINITY },
  options: [],
  load: () => import('./run-package-version.ts'),
}
