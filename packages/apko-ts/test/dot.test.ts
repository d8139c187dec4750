import { packageRecord } from '@apkts/apk'
import { expect, test } from 'vitest'
import { dependencyGraph } from '../src/dot/dependency-graph.ts'
import { quote } from '../src/dot/graph.ts'

const record = (name: string, version: string, dependencies: string[], provides: string[] = []) =>
  packageRecord({ name, version, description: `${name} test package`, dependencies, provides })

test('nodes and edges stand in the order in which they appear', () => {
  const text = dependencyGraph({
    file: 'out/dt.yaml',
    world: ['app', 'conf-a=1.0-r0', 'ca-bundle>1'],
    packages: [
      record('conf-a', '1.0-r0', []),
      record('libfoo', '1.2.3-r0', [], ['so:libfoo.so.1=1.2.3']),
      record('app', '1.5-r1', ['so:libfoo.so.1', 'cmd:sh', 'ca-bundle>=1', 'app']),
      record('busybox', '1', [], ['cmd:sh=1', 'cmd:unused=1', 'plain']),
    ],
  })
  expect(text).toBe(`digraph images {
graph [
  rankdir=LR;
];
"out/dt.yaml";
app [label="app-1.5-r1", tooltip="app test package"];
"out/dt.yaml" -> app
"conf-a=1.0-r0";
"out/dt.yaml" -> "conf-a=1.0-r0"
"conf-a" [label="conf-a-1.0-r0", tooltip="conf-a test package"];
"conf-a=1.0-r0" -> "conf-a"
"ca-bundle>1";
"out/dt.yaml" -> "ca-bundle>1"
libfoo [label="libfoo-1.2.3-r0", tooltip="libfoo test package"];
"so:libfoo.so.1" [shape=rect];
app -> "so:libfoo.so.1"
cmd:sh [shape=rect];
app -> cmd:sh
"ca-bundle>";
app -> "ca-bundle>"
busybox [label="busybox-1", tooltip="busybox test package"];
"so:libfoo.so.1" -> libfoo
cmd:sh -> busybox
}

`)
})

test('a spanning tree has one edge to each dependency', () => {
  const packages = [record('a', '1', ['c']), record('b', '1', ['c']), record('c', '1', [])]
  const edges = dependencyGraph({ file: 'f', world: ['a'], packages, spanningTree: true }).match(/.* -> c$/gm)
  expect(edges).toEqual(['a -> c'])
})

test.each([
  ['a name of the world that a package provides', false, 'v [shape=rect];\nf -> v\nv -> b\n'],
  ['the same in a spanning tree', true, 'v [shape=rect];\nf -> v\nv -> b\n'],
])('%s leads to it', (_, spanningTree, expected) => {
  const packages = [record('b', '1', [], ['v=2'])]
  const text = dependencyGraph({ file: 'f', world: ['v'], packages, spanningTree })
  expect(text.replace(/^b \[.*\n/m, '').replace(/^f;\n/m, '')).toContain(expected)
})

test('a failed resolution is a node of its own', () => {
  const text = dependencyGraph({
    file: 'f',
    world: ['nope'],
    packages: [],
    failure: ['nothing provides "nope"', 'cause'],
  })
  expect(text).toContain('nothing provides \\"nope\\"')
})

test.each([
  ['abc', 'abc'],
  ['a-b', '"a-b"'],
  ['graph', 'graph'],
  ['cmd:x', 'cmd:x'],
  ['x:', '"x:"'],
  ['"q"', '"q"'],
  ['a"b c', '"a\\"b c"'],
])('%s is written %s', (text, written) => {
  expect(quote(text)).toBe(written)
})
