import { FUNCTIONS } from './functions.ts'
import { badTemplate } from './lexer.ts'
import type { Command, Node, Operand, Pipeline, Term } from './parser.ts'
import { formatValue, type GoValue, isList, isMap, isNil, isStruct, isTrue } from './values.ts'

/** Executes a template; text is written as it is produced. Throws `RecipeError` (BAD_TEMPLATE). */
export function executeTemplate(nodes: readonly Node[], root: GoValue, write: (text: string) => void): void {
  runNodes(nodes, { dot: root, scope: { values: new Map([['$', root]]), outer: undefined }, write })
}

interface Frame {
  readonly dot: GoValue
  readonly scope: Scope
  readonly write: (text: string) => void
}

interface Scope {
  readonly values: Map<string, GoValue>
  readonly outer: Scope | undefined
}

type Flow = 'next' | 'break' | 'continue'

function runNodes(nodes: readonly Node[], frame: Frame): Flow {
  for (const node of nodes) {
    const flow = runNode(node, frame)
    if (flow !== 'next') return flow
  }
  return 'next'
}

function runNode(node: Node, frame: Frame): Flow {
  switch (node.kind) {
    case 'text':
      frame.write(node.text)
      return 'next'
    case 'action': {
      const value = evaluatePipeline(node.pipeline, frame)
      if (node.pipeline.variables.length === 0) frame.write(value === undefined ? '<no value>' : formatValue(value))
      return 'next'
    }
    case 'if':
    case 'with':
      return runBranch(node, inner(frame))
    case 'range':
      return runRange(node, inner(frame))
    default:
      return node.kind
  }
}

type Block = Extract<Node, { kind: 'if' | 'with' | 'range' }>

function inner(frame: Frame, dot: GoValue = frame.dot): Frame {
  return { ...frame, dot, scope: { values: new Map(), outer: frame.scope } }
}

function runBranch(node: Block, frame: Frame): Flow {
  const value = evaluatePipeline(node.pipeline, frame)
  if (!isTrue(value)) return runNodes(node.otherwise, frame)
  return runNodes(node.body, node.kind === 'with' ? inner(frame, value) : frame)
}

function runRange(node: Block, frame: Frame): Flow {
  const { variables, ...rest } = node.pipeline
  const entries = entriesOf(evaluatePipeline({ ...rest, variables: [] }, frame))
  if (entries.length === 0) return runNodes(node.otherwise, frame)
  for (const [key, value] of entries) {
    const turn = inner(frame, value)
    const [first, second] = variables
    if (first !== undefined) turn.scope.values.set(first, second === undefined ? value : key)
    if (second !== undefined) turn.scope.values.set(second, value)
    if (runNodes(node.body, turn) === 'break') break
  }
  return 'next'
}

function entriesOf(value: GoValue): readonly (readonly [GoValue, GoValue])[] {
  if (value === undefined) return []
  if (isList(value)) return value.map((item, at) => [at, item] as const)
  if (isMap(value)) return [...value.entries]
  if (typeof value === 'number' || typeof value === 'bigint') {
    return Array.from({ length: Math.min(Number(value), MAX_RANGE) }, (_, at) => [at, at] as const)
  }
  throw badTemplate(`range can't iterate over ${formatValue(value)}`)
}

/** Longest `range` over a number. */
const MAX_RANGE = 100_000

function evaluatePipeline(pipeline: Pipeline, frame: Frame): GoValue {
  let value: GoValue
  for (const [at, command] of pipeline.commands.entries()) {
    value = evaluateCommand(command, frame, at === 0 ? [] : [value])
  }
  for (const name of pipeline.variables) {
    if (pipeline.assigns) assign(frame.scope, name, value)
    else frame.scope.values.set(name, value)
  }
  return value
}

function evaluateCommand([first, ...terms]: Command, frame: Frame, piped: readonly GoValue[]): GoValue {
  if (first === undefined) return undefined
  if (first.operand.kind === 'function') return callFunction(first, first.operand.name, terms, frame, piped)
  const args = (): GoValue[] => [...terms.map((term) => evaluateTerm(term, frame)), ...piped]
  if (first.fields.length > 0) return selectFields(evaluateOperand(first.operand, frame), first.fields, args())
  if (terms.length + piped.length > 0) throw badTemplate("can't give arguments to a value that is no function")
  return evaluateOperand(first.operand, frame)
}

function callFunction(
  { fields }: Term,
  name: string,
  terms: readonly Term[],
  frame: Frame,
  piped: readonly GoValue[],
): GoValue {
  const thunks = [...terms.map((term) => () => evaluateTerm(term, frame)), ...piped.map((value) => () => value)]
  if (name === 'and' || name === 'or') return selectFields(shortCircuit(name, thunks), fields, [])
  const called = FUNCTIONS.get(name)
  if (called === undefined) throw badTemplate(`function "${name}" not defined`)
  return selectFields(called(thunks.map((thunk) => thunk())), fields, [])
}

function shortCircuit(name: 'and' | 'or', thunks: readonly (() => GoValue)[]): GoValue {
  if (thunks.length === 0) throw badTemplate(`wrong number of args for ${name}: want at least 1, got 0`)
  let value: GoValue
  for (const thunk of thunks) {
    value = thunk()
    if (isTrue(value) === (name === 'or')) break
  }
  return value
}

function evaluateTerm(term: Term, frame: Frame): GoValue {
  return evaluateCommand([term], frame, [])
}

function evaluateOperand(operand: Operand, frame: Frame): GoValue {
  switch (operand.kind) {
    case 'literal':
      return operand.value
    case 'dot':
      return frame.dot
    case 'variable':
      return variable(frame.scope, operand.name)
    case 'function':
      return callFunction({ operand, fields: [] }, operand.name, [], frame, [])
    case 'pipeline':
      return evaluatePipeline(operand.pipeline, frame)
  }
}

function variable(scope: Scope | undefined, name: string): GoValue {
  for (let here = scope; here !== undefined; here = here.outer) if (here.values.has(name)) return here.values.get(name)
  throw badTemplate(`undefined variable "${name}"`)
}

function assign(scope: Scope | undefined, name: string, value: GoValue): void {
  for (let here = scope; here !== undefined; here = here.outer) {
    if (!here.values.has(name)) continue
    here.values.set(name, value)
    return
  }
  throw badTemplate(`undefined variable "${name}"`)
}

function selectFields(value: GoValue, fields: readonly string[], args: readonly GoValue[]): GoValue {
  return fields.reduce((owner, field, at) => {
    return selectField(owner, field, at === fields.length - 1 ? args : [])
  }, value)
}

function selectField(owner: GoValue, field: string, args: readonly GoValue[]): GoValue {
  if (owner === undefined || isNil(owner)) throw badTemplate(`nil pointer evaluating .${field}`)
  if (isMap(owner)) return owner.entries.get(field)
  if (!isStruct(owner)) throw badTemplate(`can't evaluate field ${field} in ${formatValue(owner)}`)
  const method = owner.methods.get(field)
  if (method !== undefined) return method(args)
  if (!owner.fields.has(field)) throw badTemplate(`can't evaluate field ${field}: there is no such field`)
  if (args.length > 0) throw badTemplate(`${field} has arguments but is no method`)
  return owner.fields.get(field)
}
