import type { Document } from '../../../bson/index.ts'
import { type Explanation, type Namespace, namespaceText } from '../../../engine/index.ts'
import { int64 } from '../../count.ts'
import type { Invocation } from '../../invocation.ts'

/** How much explain tells; each tells what the one before it does. */
export const VERBOSITIES = ['queryPlanner', 'executionStats', 'allPlansExecution'] as const
export type Verbosity = (typeof VERBOSITIES)[number]

/** A plan, and what it did. Source: explain.cpp (8.0). */
export function explanationOf(
  ns: Namespace,
  explanation: Explanation,
  verbosity: Verbosity,
): Document {
  const { parsedQuery, winningPlan, execution } = explanation
  const queryPlanner = {
    namespace: namespaceText(ns),
    parsedQuery,
    indexFilterSet: false,
    optimizationTimeMillis: 0,
    maxIndexedOrSolutionsReached: false,
    maxIndexedAndSolutionsReached: false,
    maxScansToExplodeReached: false,
    prunedSimilarIndexes: false,
    winningPlan,
    rejectedPlans: [],
  }
  if (execution === undefined) return { queryPlanner }
  const executionStats = {
    executionSuccess: true,
    nReturned: int64(execution.nReturned),
    executionTimeMillis: 0,
    totalKeysExamined: int64(execution.keysExamined),
    totalDocsExamined: int64(execution.docsExamined),
    executionStages: execution.stages,
    // One plan is considered, ever.
    ...(verbosity === 'allPlansExecution' ? { allPlansExecution: [] } : {}),
  }
  return { queryPlanner, executionStats }
}

/** What every explanation ends with. */
export function explainReply({ server }: Invocation, body: Document, command: Document): Document {
  const { host, version } = server.identity
  const colon = host.lastIndexOf(':')
  const serverInfo = {
    host: host.slice(0, colon),
    port: Number(host.slice(colon + 1)),
    version,
    gitVersion: 'palimpsest',
  }
  return { explainVersion: '1', ...body, command, serverInfo, ok: 1 }
}
