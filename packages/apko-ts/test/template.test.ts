import { describe, expect, test } from 'vitest'
import { compileFormat } from '../src/show/template.ts'

const facts = { Name: 'conf-a', Version: '1.0-r0', Source: './repo/x86_64/conf-a-1.0-r0.apk' }

describe('formats of show-packages', () => {
  test.each([
    ['name-version', 'conf-a 1.0-r0'],
    ['name-version-source', 'conf-a 1.0-r0 ./repo/x86_64/conf-a-1.0-r0.apk'],
    ['name=version', 'conf-a=1.0-r0'],
    ['name=version-source', 'conf-a=1.0-r0 ./repo/x86_64/conf-a-1.0-r0.apk'],
    ['name-(version)', 'conf-a (1.0-r0)'],
    ['name-(version)-source', 'conf-a (1.0-r0) ./repo/x86_64/conf-a-1.0-r0.apk'],
    ['packagelock', '- conf-a=1.0-r0'],
    ['packagelock-source', '- conf-a=1.0-r0 # ./repo/x86_64/conf-a-1.0-r0.apk'],
    ['bogus', 'bogus'],
    ['', ''],
    ['{{.Name}}', 'conf-a'],
    ['{{ .Name | printf "%-8s|" }}{{ .Version }}', 'conf-a  |1.0-r0'],
    ['{{ printf "%s/%q" .Name .Version }}', 'conf-a/"1.0-r0"'],
    ['a  {{- .Name -}}  b', 'aconf-ab'],
    ['{{ "}}" }}{{ `x` }}', '}}x'],
    ['{{/* nothing */}}x', 'x'],
    ['{{ len .Name }}', '6'],
  ])('%j prints %j', (format, text) => {
    expect(compileFormat(format)(facts)).toBe(text)
  })

  test.each([
    '{{',
    '{{ .Name',
    '{{.Bad}}',
    '{{ bad }}',
    '{{ }}',
    '{{ .Name .Version }}',
    '{{ .Name | .Version }}',
    '{{ ( }}',
  ])('refuses %j and says where', (format) => {
    expect(() => compileFormat(format)).toThrow(/at 1:\d+/)
  })
})
