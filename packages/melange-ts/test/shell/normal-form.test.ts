import { array, assert, constantFrom, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ShellSyntaxError } from '../../src/shell/error.ts'
import { createNormaliser } from '../../src/shell/normal-form.ts'

const normalise = createNormaliser()

describe('normal form', () => {
  test.each([
    ['echo   a    b\n\n\n# c\necho c', 'echo a b\necho c\n'],
    ['a; b; c', 'a\nb\nc\n'],
    ['a \\\n  && b \\\n  && c', 'a &&\n\tb &&\n\tc\n'],
    ['a && b |\n c', 'a && b |\n\tc\n'],
    ['foo \\\n  | bar \\\n  > out', 'foo |\n\tbar \\\n\t\t>out\n'],
    ['foo \\\n  --a \\\n  --b=c \\\n\n  d', 'foo \\\n\t--a \\\n\t--b=c\nd\n'],
    ['foo \\\n --a $(bar \\\n  baz)\n', 'foo \\\n\t--a $(bar \\\n\t\tbaz)\n'],
    ['if a; then b; fi', 'if a; then b; fi\n'],
    ['if a\nthen b\nfi', 'if a; then\n\tb\nfi\n'],
    ['if a; then\n # x\n b\nfi', 'if a; then\n\n\tb\nfi\n'],
    ['if a; then\n b\n\n # c\nelse\n d\nfi', 'if a; then\n\tb\n\nelse\n\td\nfi\n'],
    ['for i in a \\\n  b \\\n  c; do echo; done', 'for i in a \\\n\tb \\\n\tc; do echo; done\n'],
    ['case $x in a) b;; c|d) e;; *) f;; esac', 'case $x in a) b ;; c | d) e ;; *) f ;; esac\n'],
    ['f ()\n{\n a\n}', 'f() {\n\ta\n}\n'],
    ['(a; b)', '(\n\ta\n\tb\n)\n'],
    ['( (a) )', '( (a))\n'],
    ['a > b 2>&1 < c >> d', 'a >b 2>&1 <c >>d\n'],
    ["cat <<'EOF' > f\nfoo $x\nEOF", "cat <<'EOF' >f\nfoo $x\nEOF\n"],
    ['cat <<-EOF\n\tfoo\n\t\tbar\n\tEOF', 'cat <<-EOF\n\tfoo\n\t\tbar\nEOF\n'],
    ['if cat <<EOF\nx\nEOF\nthen y; fi', 'if cat <<EOF; then y; fi\nx\nEOF\n'],
    ['x=$(cat <<EOF\nfoo\nEOF\n)', 'x=$(\n\tcat <<EOF\nfoo\nEOF\n)\n'],
    ['x=`foo \\`bar\\``', 'x=$(foo $(bar))\n'],
    ['x=$[1+2]', 'x=$((1 + 2))\n'],
    ['a & b', 'a &\nb\n'],
    ['A=b \\\n C=d \\\n cmd x', 'A=b \\\n\tC=d \\\n\tcmd x\n'],
    ['echo a\\\nb', 'echo ab\n'],
    ['echo foo >&2 bar', 'echo foo bar >&2\n'],
    ['a \\\n # comment\n b', 'a\nb\n'],
    ['eval "a"\\\n"b"', 'eval "a""\\\nb"\n'],
    ['#!/bin/bash\n# hunter2\necho $SECRET', '#!/bin/bash\necho $SECRET\n'],
    ['#!/bin/sh', ''],
    ['  #!/bin/sh\na', 'a\n'],
    ['a\r\nb\r\n', 'a\nb\n'],
    ['# nothing\n', ''],
    ['', ''],
  ])('%j becomes %j', (script, expected) => {
    expect(normalise(script)).toBe(expected)
  })

  test('a here-document whose line goes on keeps its body', () => {
    expect(normalise('cat > f <<EOF; echo done\nhello\nEOF')).toBe('cat >f <<EOF\nhello\nEOF\necho done\n')
  })

  test('form feeds and vertical tabs are text', () => {
    expect(normalise("echo 'a\fb\vc'; x\n\n\ny")).toBe("echo 'a\fb\vc'\nx\ny\n")
  })

  test('several statements of several lines do not grow blank lines', () => {
    expect(normalise('if a; then\n b\nfi\n\n\nfoo \\\n  bar\n\n# c\n\nx=1\n')).toBe(
      'if a; then\n\tb\nfi\nfoo \\\n\tbar\nx=1\n',
    )
  })

  test('characters outside ASCII do not shift statements', () => {
    expect(normalise('echo ünï\n\necho 😀\n\nif a; then\n  b\nfi\n')).toBe('echo ünï\necho 😀\nif a; then\n\tb\nfi\n')
  })

  test('a normal form is its own normal form', () => {
    const pieces = constantFrom(
      'a b',
      'x="$1"',
      'if a; then\n  b\nfi',
      'foo \\\n  bar',
      '# c',
      '',
      'cat <<E\n  x\nE',
      'f() { a; b; }',
      'a | b && c',
      'case x in\na) b ;;\nesac',
    )
    assert(
      property(array(pieces), (statements) => {
        const once = normalise(statements.join('\n'))
        expect(normalise(once)).toBe(once)
      }),
    )
  })

  test('thousands of scripts and a long one fit the memory of the parser', () => {
    for (let i = 0; i < 3000; i++) expect(normalise(`echo  ${i}`)).toBe(`echo ${i}\n`)
    expect(normalise('echo  a\n'.repeat(30_000))).toBe('echo a\n'.repeat(30_000))
  })
})

describe('syntax errors', () => {
  test.each([
    ['a;;b', 1, 2],
    ['x=$((a) )', 1, 3],
    ["if [[ uname -m == 'x86_64']]; then", 1, 13],
    ['a\nb\necho "', 3, 6],
  ])('%j fails at %i:%i', (script, line, column) => {
    expect(() => normalise(script)).toThrow(expect.objectContaining({ name: 'ShellSyntaxError', line, column }))
  })

  test('random text is a script or a syntax error', () => {
    assert(
      property(string({ unit: 'binary-ascii' }), (script) => {
        try {
          expect(typeof normalise(script)).toBe('string')
        } catch (error) {
          expect(error).toBeInstanceOf(ShellSyntaxError)
        }
      }),
    )
  })

  test('a script beyond the limit is refused', () => {
    expect(() => normalise('a'.repeat(1024 * 1024 + 1))).toThrow('longer than 1048576 bytes')
  })
})
