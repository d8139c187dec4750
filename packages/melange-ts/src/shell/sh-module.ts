import { readFileSync } from 'node:fs'
import { shellModulePath } from '../assets.ts'
import { ShellSyntaxError } from './error.ts'

/** A place in a script: offset in bytes from 0, line and column from 1. */
export interface ScriptPosition {
  readonly Offset: number
  readonly Line: number
  readonly Col: number
}

export interface ParsedStatement {
  readonly Pos: ScriptPosition
  readonly End: ScriptPosition
}

interface Answer {
  readonly file: { readonly Stmts: readonly ParsedStatement[] | null }
  readonly text: string
  readonly parseError: { readonly Pos: ScriptPosition; readonly Text: string } | null
  readonly message: string
}

/** mvdan/sh's parser and printer as the npm package sh-syntax compiles it to WebAssembly, without its start-up per call. */
export interface ShModule {
  /** The top-level statements of a script. Throws `ShellSyntaxError`. */
  parse(script: string): readonly ParsedStatement[]
  /** The script printed without comments, blank lines between statements kept. Throws `ShellSyntaxError`. */
  print(script: string): string
}

interface ShExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  wasmAlloc(size: number): number
  wasmFree(pointer: number): void
  process(...args: (number | boolean)[]): number
  _start(): void
}

// The module's garbage collector traps, so an instance must be replaced before it would run. It starts when the memory
// that the instance had at its start is used up: that much is needed per call, measured with margin.
const CALL_COST = 30_000
const BYTE_COST = 80
const DENSE_BYTE_COST = 1000
const INSTANCE_BUDGET = 48 * 1024 * 1024
/** Longest script in bytes; the longest one of 3401 recipes has 60 000. */
const MAX_SCRIPT = 1024 * 1024
const PAGE = 65_536

// The type library of Node leaves out what the language's own library for browsers declares.
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
  readonly RuntimeError: new () => Error
}
const { Module, Instance, RuntimeError } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly

/** Compiles the module; every call afterwards is synchronous. */
export function loadShModule(): ShModule {
  const module = new Module(readFileSync(shellModulePath()))
  let instance: ShExports | undefined
  let budget = 0
  const attempt = (script: string, print: boolean, byteCost: number): Answer => {
    const cost = CALL_COST + byteCost * Buffer.byteLength(script)
    if (instance === undefined || cost > budget) {
      budget = Math.max(INSTANCE_BUDGET, cost)
      instance = instantiate(module, budget)
    }
    budget -= cost
    return run(instance, script, print)
  }
  const call = (script: string, print: boolean): Answer => {
    if (Buffer.byteLength(script) > MAX_SCRIPT) {
      throw new ShellSyntaxError(1, 1, `the script is longer than ${MAX_SCRIPT} bytes`)
    }
    const answer = withMoreMemory(
      () => attempt(script, print, BYTE_COST),
      () => {
        instance = undefined
        return attempt(script, print, DENSE_BYTE_COST)
      },
    )
    if (answer.parseError !== null) {
      const { Pos, Text } = answer.parseError
      throw new ShellSyntaxError(Pos.Line, Pos.Col, Text)
    }
    if (answer.message !== '') throw new ShellSyntaxError(1, 1, answer.message)
    return answer
  }
  return { parse: (script) => call(script, false).file.Stmts ?? [], print: (script) => call(script, true).text }
}

// A trap leaves the instance unusable; a script of nothing but one-letter commands needs more memory than most.
function withMoreMemory(first: () => Answer, second: () => Answer): Answer {
  for (const work of [first, second]) {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error
    }
  }
  throw new ShellSyntaxError(1, 1, 'the script is too large to be parsed')
}

const exited = Symbol('the module has finished its start-up')

function instantiate(module: object, heap: number): ShExports {
  const instance = new Instance(module, { wasi_snapshot_preview1: WASI, gojs: GOJS })
  const exports = instance.exports as ShExports
  exports.memory.grow(Math.ceil(heap / PAGE))
  try {
    exports._start()
  } catch (thrown) {
    if (thrown !== exited) throw thrown
  }
  return exports
}

// What the module imports but never needs for formatting gets neutral answers.
const WASI = {
  fd_write: () => 0,
  random_get: () => 0,
  proc_exit: () => {
    throw exited
  },
}
const nothing = () => {}
const GOJS = {
  'runtime.ticks': () => 0n,
  'syscall/js.valueGet': () => 0n,
  'syscall/js.valueIndex': () => 0n,
  'syscall/js.stringVal': () => 0n,
  'syscall/js.valueLength': () => 0,
  'syscall/js.valuePrepareString': nothing,
  'syscall/js.valueLoadString': nothing,
  'syscall/js.valueCall': nothing,
  'syscall/js.valueSet': nothing,
  'syscall/js.finalizeRef': nothing,
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

function run(instance: ShExports, script: string, print: boolean): Answer {
  const file = put(instance, 'script')
  const text = put(instance, script)
  const stopAt = put(instance, '')
  const pointer = instance.process(...file, ...text, print, ...OPTIONS.before, ...stopAt, ...OPTIONS.after)
  for (const [address] of [file, text, stopAt]) instance.wasmFree(address)
  const memory = new Uint8Array(instance.memory.buffer)
  return JSON.parse(decoder.decode(memory.subarray(pointer, memory.indexOf(0, pointer)))) as Answer
}

// The module's own order: keep comments, dialect (bash); then recover errors, simplify, indent (0 = tabs), operators on
// the next line, indent case items, space after redirections, keep padding, minify, single line, brace on the next line.
const OPTIONS = {
  before: [false, 0],
  after: [0, false, 0, false, false, false, false, false, false, false],
} as const

type Text = readonly [address: number, length: number, capacity: number]

function put(instance: ShExports, text: string): Text {
  const bytes = encoder.encode(text)
  const address = instance.wasmAlloc(bytes.byteLength)
  new Uint8Array(instance.memory.buffer).set(bytes, address)
  return [address, bytes.byteLength, bytes.byteLength]
}
