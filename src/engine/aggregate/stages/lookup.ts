import { type Document, isDocument, parsePath, setPath } from '../../../bson/index.ts'
import type { Namespace } from '../../catalog/namespace.ts'
import { ServerError } from '../../errors.ts'
import type { Pulled } from '../../exec/plan_executor.ts'
import {
  type Expression,
  type ExpressionContext,
  parseFieldPath,
  typeText,
  type Variable,
} from '../../expression/index.ts'
import type { OperationContext } from '../../operation_context.ts'
import type { Flow } from '../flow.ts'
import { belongsTo, collect, namespaceIn, reachOf, valuesAlong } from '../foreign.ts'
import type { Pipeline, Reach, StageDescriptor } from '../stage.ts'

/** What is looked up for each document. */
interface Lookup {
  readonly reach: Reach
  readonly ns: Namespace
  readonly as: string
  readonly pipeline: Pipeline
  /** The field here and the one there that must have a value in common. */
  readonly join: { readonly local: readonly string[]; readonly foreign: string } | undefined
  readonly variables: readonly { readonly value: Expression; readonly cell: Variable }[]
}

const STRINGS = ['from', 'as', 'localField', 'foreignField'] as const

/**
 * The documents of another collection that belong to each: by equality, by a pipeline that may use
 * variables, or both. Source: document_source_lookup.cpp (8.0).
 */
export const lookup: StageDescriptor = {
  name: '$lookup',
  parse(spec, context) {
    const given = fieldsOf(spec)
    const reach = reachOf('$lookup', context)
    const { expressions } = context
    const { inner, variables } = bindVariables(given, expressions)
    const pipeline = context.inner(given['pipeline'] ?? [], '$lookup', inner)
    const ns = foreignOf(given, pipeline, reach.db)
    const as = given['as'] as string
    parseFieldPath(as)
    const made: Lookup = { reach, ns, as, pipeline, join: joinOf(given), variables }
    const reads = [ns, ...pipeline.stages.flatMap((stage) => stage.reads ?? [])]
    return { reads, open: (input) => new LookupFlow(input, made) }
  },
}

function fieldsOf(spec: unknown): Document {
  if (!isDocument(spec)) {
    throw failed(`the $lookup stage specification must be an object, but found ${typeText(spec)}`)
  }
  for (const name in spec) {
    const value = spec[name]
    if (name === 'pipeline') {
      if (Array.isArray(value)) continue
      throw new ServerError('TypeMismatch', "'pipeline' option must be specified as an array")
    }
    if (name === 'let') {
      if (isDocument(value)) continue
      throw failed(
        `$lookup argument 'let: ${String(value)}' must be an object, is type ${typeText(value)}`,
      )
    }
    if (!(STRINGS as readonly string[]).includes(name)) {
      throw failed(`unknown argument to $lookup: ${name}`)
    }
    if (typeof value === 'string') continue
    throw failed(
      `$lookup argument '${name}: ${String(value)}' must be a string, is type ${typeText(value)}`,
    )
  }
  checkTogether(spec)
  return spec
}

function checkTogether(given: Document): void {
  if (given['as'] === undefined) throw failed("must specify 'as' field for a $lookup")
  const hasPipeline = given['pipeline'] !== undefined
  const hasLocal = given['localField'] !== undefined
  const hasForeign = given['foreignField'] !== undefined
  if (hasLocal !== hasForeign || (!hasPipeline && !hasLocal)) {
    throw failed(
      hasPipeline
        ? "$lookup requires both or neither of 'localField' and 'foreignField' to be specified"
        : "$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be specified",
    )
  }
  if (given['let'] !== undefined && !hasPipeline) {
    throw failed("$lookup with a 'let' argument must also specify 'pipeline'")
  }
}

/** Without a collection the pipeline must make its documents itself. */
function foreignOf(given: Document, { stages }: Pipeline, db: string): Namespace {
  const { from } = given
  if (from !== undefined) return namespaceIn('$lookup', 'from', from, db)
  if (stages[0]?.source !== undefined) return { db, coll: '$cmd.aggregate' }
  throw failed("must specify 'from' field for a $lookup")
}

function joinOf(given: Document): Lookup['join'] {
  const { localField, foreignField } = given
  if (localField === undefined) return undefined
  parseFieldPath(foreignField as string)
  return { local: parseFieldPath(localField as string), foreign: foreignField as string }
}

function bindVariables(
  given: Document,
  expressions: ExpressionContext,
): { readonly inner: ExpressionContext; readonly variables: Lookup['variables'] } {
  const declared = (given['let'] ?? {}) as Document
  const names = Object.keys(declared)
  const { inner, cells } = expressions.binding(names)
  const variables = names.map((name, i) => ({
    value: expressions.compile(declared[name]),
    cell: cells[i]!,
  }))
  return { inner, variables }
}

function failed(message: string): ServerError {
  return new ServerError('FailedToParse', message)
}

class LookupFlow implements Flow {
  document: Document = {}
  readonly #input: Flow
  readonly #lookup: Lookup

  constructor(input: Flow, made: Lookup) {
    this.#input = input
    this.#lookup = made
  }

  next(op: OperationContext): Pulled {
    const pulled = this.#input.next(op)
    if (pulled !== 'record') return pulled
    const { document } = this.#input
    const { as } = this.#lookup
    this.document = setPath(document, parsePath(as), this.#found(op, document)) ?? document
    return pulled
  }

  #found(op: OperationContext, document: Document): Document[] {
    const { reach, ns, pipeline, join, variables } = this.#lookup
    const values = variables.map(({ value }) => value(document))
    variables.forEach(({ cell }, i) => {
      cell.value = values[i]
    })
    const filter =
      join === undefined ? undefined : belongsTo(join.foreign, valuesAlong(document, join.local))
    return collect(op, reach.open(op, ns, pipeline, filter))
  }
}
