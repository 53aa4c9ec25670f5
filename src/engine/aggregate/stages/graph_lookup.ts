import { Long } from 'bson'
import {
  type Document,
  isDocument,
  isNumeric,
  numberToDouble,
  parsePath,
  setPath,
} from '../../../bson/index.ts'
import type { Namespace } from '../../catalog/namespace.ts'
import type { ValueOrder } from '../../collation/index.ts'
import { ServerError } from '../../errors.ts'
import type { Pulled } from '../../exec/plan_executor.ts'
import { type Expression, parseFieldPath } from '../../expression/index.ts'
import type { OperationContext } from '../../operation_context.ts'
import type { Flow } from '../flow.ts'
import { belongsTo, collect, namespaceIn, reachOf, valuesAlong } from '../foreign.ts'
import type { Pipeline, Reach, StageDescriptor } from '../stage.ts'

interface GraphLookup {
  readonly reach: Reach
  readonly ns: Namespace
  readonly as: string
  readonly startWith: Expression
  readonly connectFrom: readonly string[]
  readonly connectTo: string
  readonly depthField: string | undefined
  readonly depthMax: number
  readonly pipeline: Pipeline
  readonly order: ValueOrder
}

const REQUIRED = ['from', 'as', 'startWith', 'connectFromField', 'connectToField'] as const
const OPTIONAL = ['maxDepth', 'depthField', 'restrictSearchWithMatch'] as const

/**
 * What can be reached from each document by following a field, breadth first.
 * Source: document_source_graph_lookup.cpp (8.0).
 */
export const graphLookup: StageDescriptor = {
  name: '$graphLookup',
  parse(spec, context) {
    const given = fieldsOf(spec)
    const reach = reachOf('$graphLookup', context)
    const ns = namespaceIn('$graphLookup', 'from', given['from'], reach.db)
    const restrict = given['restrictSearchWithMatch']
    const made: GraphLookup = {
      reach,
      ns,
      as: pathOf(given, 'as'),
      startWith: context.expressions.compile(given['startWith']),
      connectFrom: parseFieldPath(pathOf(given, 'connectFromField')),
      connectTo: pathOf(given, 'connectToField'),
      depthField: given['depthField'] === undefined ? undefined : pathOf(given, 'depthField'),
      depthMax: depthMaxOf(given['maxDepth']),
      pipeline: context.inner(restrict === undefined ? [] : [{ $match: restrict }], '$graphLookup'),
      order: context.expressions.order,
    }
    return { reads: [ns], open: (input) => new GraphLookupFlow(input, made) }
  },
}

function fieldsOf(spec: unknown): Document {
  if (!isDocument(spec)) {
    throw new ServerError(40327, 'the $graphLookup stage specification must be an object')
  }
  const known: readonly string[] = [...REQUIRED, ...OPTIONAL]
  for (const name in spec) {
    if (!known.includes(name)) {
      throw new ServerError(40104, `Unknown argument to $graphLookup: ${name}`)
    }
  }
  const restrict = spec['restrictSearchWithMatch']
  if (restrict !== undefined && !isDocument(restrict)) {
    throw new ServerError(40185, '$graphLookup argument restrictSearchWithMatch must be an object')
  }
  if (REQUIRED.every((name) => name in spec)) return spec
  throw new ServerError(
    40105,
    "$graphLookup requires 'from', 'as', 'startWith', 'connectFromField', and 'connectToField' to be specified.",
  )
}

function pathOf(given: Document, name: string): string {
  const path = given[name]
  if (typeof path !== 'string') {
    throw new ServerError(40103, `expected string as argument for ${name}, found: ${String(path)}`)
  }
  parseFieldPath(path)
  return path
}

function depthMaxOf(given: unknown): number {
  if (given === undefined) return Number.POSITIVE_INFINITY
  if (!isNumeric(given)) {
    throw new ServerError(40100, 'maxDepth requires a numeric argument, found value of type: other')
  }
  const depth = numberToDouble(given)
  if (depth < 0) {
    throw new ServerError(40101, `maxDepth requires a nonnegative argument, found: ${depth}`)
  }
  if (Number.isInteger(depth)) return depth
  throw new ServerError(40102, `maxDepth could not be represented as a long long: ${depth}`)
}

class GraphLookupFlow implements Flow {
  document: Document = {}
  readonly #input: Flow
  readonly #lookup: GraphLookup

  constructor(input: Flow, made: GraphLookup) {
    this.#input = input
    this.#lookup = made
  }

  next(op: OperationContext): Pulled {
    const pulled = this.#input.next(op)
    if (pulled !== 'record') return pulled
    const { document } = this.#input
    const { as } = this.#lookup
    this.document = setPath(document, parsePath(as), this.#reached(op, document)) ?? document
    return pulled
  }

  #reached(op: OperationContext, document: Document): Document[] {
    const { startWith, connectFrom, depthField, depthMax, order } = this.#lookup
    const reached = new Map<string, Document>()
    const asked = new Set<string>()
    const start = startWith(document)
    let frontier: unknown[] = Array.isArray(start) ? start : [start ?? null]
    for (let depth = 0; depth <= depthMax && frontier.length > 0; depth++) {
      const next: unknown[] = []
      for (const found of this.#step(op, frontier)) {
        const key = order.keyOf(found['_id'])
        if (reached.has(key)) continue
        const value = Long.fromNumber(depth)
        const shown =
          depthField === undefined ? found : (setPath(found, parsePath(depthField), value) ?? found)
        reached.set(key, shown)
        next.push(...valuesAlong(found, connectFrom))
      }
      for (const value of frontier) asked.add(order.keyOf(value))
      frontier = next.filter((value) => !asked.has(order.keyOf(value)))
    }
    return [...reached.values()]
  }

  #step(op: OperationContext, frontier: readonly unknown[]): Document[] {
    const { reach, ns, pipeline, connectTo } = this.#lookup
    return collect(op, reach.open(op, ns, pipeline, belongsTo(connectTo, frontier)))
  }
}
