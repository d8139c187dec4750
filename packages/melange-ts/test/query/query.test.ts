import { assert, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { queryRecipe } from '../../src/query/query.ts'
import { RecipeError } from '../../src/recipe/error.ts'
import { load } from '../recipe/helpers.ts'

const recipe = load(`package:
  name: 7zip
  version: 2602
  epoch: 1
  timeout: 1h30m
  copyright:
    - license: LGPL-2.1-or-later
    - {license: LicenseRef-UNRAR, license-path: DOC/unRarLicense.txt}
  cpe: {vendor: v, product: p}
environment: {contents: {packages: [build-base, busybox]}}
vars: {b: "2", a: "1"}
pipeline:
  - {uses: git-checkout, with: {tag: "26.02", repository: "https://example.org/7zip"}}
  - runs: make
subpackages:
  - name: 7zip-doc
`)

function query(template: string): string {
  let output = ''
  queryRecipe(recipe, template, (text) => {
    output += text
  })
  return output
}

describe('templates', () => {
  test.each([
    ['{{ .Package.Name }}-{{ .Package.Version }}-{{ .Package.Epoch }}', '7zip-2602-1'],
    ['{{ .Name }} {{ .Package.FullVersion }}', '7zip 2602-r1'],
    ['{{ .Package.LicenseExpression }}', 'LGPL-2.1-or-later AND LicenseRef-UNRAR'],
    ['{{ range .AllPackageNames }}{{ . }} {{ end }}', '7zip 7zip-doc '],
    ['{{ .Package.Copyright }}', '[{[]  LGPL-2.1-or-later  } {[]  LicenseRef-UNRAR DOC/unRarLicense.txt }]'],
    ['{{ (index .Pipeline 0).With.tag }}', '26.02'],
    ['{{ index .Vars "a" }}{{ .Vars }}', '1map[a:1 b:2]'],
    ['{{ .Package.PackageURL "wolfi" "x86_64" }}', 'pkg:apk/wolfi/7zip@2602-r1?arch=x86_64&distro=wolfi'],
    ['{{ .Package.PackageURLForSubpackage "unknown" "" "7zip-doc" }}', 'pkg:apk/unknown/7zip-doc@2602-r1'],
    ['{{ .Environment.Contents.Packages }}', '[build-base busybox]'],
    ['{{ .Package.Timeout }} {{ .Package.CPEString }}', '1h30m0s cpe:2.3:a:v:p:2602:*:*:*:*:*:*:*'],
    ['{{ .Package.CPE.IsZero }} {{ .Package.FullCopyright }}', 'false NOASSERTION'],
    ['{{ if and (eq .Package.Name "7zip") (gt (len .Pipeline) 1) }}yes{{ else }}no{{ end }}', 'yes'],
    ['{{ if .Test }}t{{ else if .Vars }}v{{ else }}-{{ end }}', 'v'],
    ['{{ with .Package.URL }}{{ . }}{{ else }}none{{ end }}', 'none'],
    ['{{ range $k, $v := .Vars }}{{ $k }}={{ $v }};{{ end }}', 'a=1;b=2;'],
    ['{{ range $i, $s := .Pipeline }}{{ if $i }}, {{ end }}{{ or $s.Uses $s.Runs }}{{ end }}', 'git-checkout, make'],
    ['{{ $x := 1 }}{{ range .Pipeline }}{{ $x = 2 }}{{ end }}{{ $x }}', '2'],
    ['{{ range .Subpackages }}{{ $.Name }}>{{ .Name }}{{ break }}{{ end }}', '7zip>7zip-doc'],
    ['a {{- /* note */ -}} b', 'ab'],
    ['a  {{- "x" -}}  b', 'axb'],
    ['{{ "a<b" | html }} {{ print 1 2 "x" 3 }} {{ println "e" }}', 'a&lt;b 1 2x3 e\n'],
    ['{{ printf "%-6s|%4d|%q|%v|%%" .Name .Package.Epoch "x" .Vars }}', '7zip  |   1|"x"|map[a:1 b:2]|%'],
    ['{{ not .Test }} {{ ne "a" "b" }} {{ le 1 1 }} {{ eq "a" "b" "a" }}', 'true true true true'],
    ['{{ .Vars.missing }}', '<no value>'],
    ['{{ .Test }} {{ .Package.Options }} {{ eq .Test nil }}', '<nil> <nil> true'],
    ['{{ .Package.Dependencies }}', '{[] [] []   []}'],
    ['{{ urlquery "a b&c" }} {{ js "it\'s" }}', "a+b%26c it\\'s"],
    ['{{ `raw "text"` }}{{ true }}', 'raw "text"true'],
    ['no actions', 'no actions'],
  ])('%s gives %s', (template, expected) => {
    expect(query(template)).toBe(expected)
  })

  test.each([
    ['{{ .Package.Name', 'unclosed action'],
    ['{{ .package.name }}', "can't evaluate field package"],
    ['{{ .Package.Options.NoDepends }}', 'nil pointer evaluating .NoDepends'],
    ['{{ if .Vars }}x', 'not closed'],
    ['{{ end }}', 'unexpected {{end}}'],
    ['{{ nope 1 }}', 'function "nope" not defined'],
    ['{{ $y }}', 'undefined variable "$y"'],
    ['{{ index .Pipeline 9 }}', 'index out of range'],
    ['{{ (len .Vars }}', 'unclosed left parenthesis'],
    ['{{ eq "a" 1 }}', 'incompatible types'],
    ['{{ | }}', 'missing value'],
    ['{{ .Package.Name "x" }}', 'has arguments but is no method'],
  ])('%s is an error: %s', (template, message) => {
    expect(() => query(template)).toThrow(message)
  })

  test('what was written before an error stays', () => {
    let output = ''
    expect(() =>
      queryRecipe(recipe, 'before {{ .Nope }}', (text) => {
        output += text
      }),
    ).toThrow(RecipeError)
    expect(output).toBe('before ')
  })

  test('random templates run or are refused', () => {
    assert(
      property(string(), string(), (text, inner) => {
        try {
          expect(typeof query(`${text}{{ ${inner} }}{{ range .Vars }}${text}{{ end }}`)).toBe('string')
        } catch (error) {
          expect(error).toBeInstanceOf(RecipeError)
        }
      }),
    )
  })
})
