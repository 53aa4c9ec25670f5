import { Long } from 'bson'
import type { Document } from '../../../bson/index.ts'
import {
  countStages,
  explain,
  type Namespace,
  type Pipeline,
  ServerError,
  splitPipeline,
} from '../../../engine/index.ts'
import type { Operation } from '../../../sim/index.ts'
import type { Invocation } from '../../invocation.ts'
import { explanationOf, type Verbosity } from './reply.ts'

/** The collation that is none, whatever the collection's. */
const SIMPLE: Document = { locale: 'simple' }

const returned = (count: number): Document => ({
  nReturned: Long.fromNumber(count),
  executionTimeMillisEstimate: Long.ZERO,
})

/**
 * A pipeline: the query at its front, and the stages behind it. Where a query does all of it, it is
 * told as one. Source: `Pipeline::writeExplainOps` (8.0).
 */
export function* explainPipeline(
  { op }: Invocation,
  ns: Namespace,
  pipeline: Pipeline,
  options: { readonly hint: unknown; readonly verbosity: Verbosity },
): Operation<Document> {
  const { hint, verbosity } = options
  const { stages } = pipeline
  const [first] = stages
  if (first?.source !== undefined) {
    throw new ServerError('NotImplemented', `explain of ${first.name} is not supported yet`)
  }
  const { query, rest } = splitPipeline(stages)
  const executes = verbosity !== 'queryPlanner'
  const { collation = SIMPLE } = pipeline.language.order
  const request = {
    ...query,
    kind: 'find',
    hint,
    collation,
    mayBeExpress: false,
    executes,
  } as const
  const explained = explanationOf(ns, yield* explain(op, ns, request), verbosity)
  if (rest.length === 0) return explained
  const behind = rest.map(({ name, spec }): Document => ({ [name]: spec }))
  if (!executes) return { stages: [{ $cursor: explained }, ...behind] }
  const { nReturned } = explained['executionStats'] as Document
  const counts = yield* countStages(op, ns, pipeline, hint)
  return {
    stages: [
      { $cursor: explained, ...returned(Number(nReturned)) },
      ...behind.map((stage, at) => ({ ...stage, ...returned(counts[at]!) })),
    ],
  }
}
