import type { Document } from '../../bson/index.ts'
import type { ExplainRequest } from './request.ts'

/** What the plan gave to the stage around it. */
export interface OuterCounts {
  readonly found: number
  /** How many of them an update would change. */
  readonly modified: number
}

/**
 * The stage that does something with what a plan finds: it counts, updates or deletes. A find has
 * none. Source: plan_explainer_impl.cpp, the cases of STAGE_COUNT, STAGE_UPDATE, STAGE_DELETE.
 */
export function outerStage(
  request: ExplainRequest,
  inputStage: Document,
  counts?: OuterCounts,
): Document {
  switch (request.kind) {
    case 'count':
      return countStage(request, inputStage, counts)
    case 'update':
      return { stage: 'UPDATE', ...updateCounts(request, counts), inputStage }
    case 'delete':
      return { stage: 'DELETE', ...deleteCounts(request, counts), inputStage }
    default:
      return inputStage
  }
}

/** Without a filter the count needs no stage below it. */
function countStage(
  { skip = 0, limit = 0 }: ExplainRequest,
  inputStage: Document,
  counts: OuterCounts | undefined,
): Document {
  const isFast = inputStage['stage'] === 'RECORD_STORE_FAST_COUNT'
  const outer = isFast ? inputStage : { stage: 'COUNT' }
  const inner = isFast ? {} : { inputStage }
  if (counts === undefined) return { ...outer, ...inner }
  const { found } = counts
  const left = Math.max(0, found - skip)
  const nCounted = limit > 0 ? Math.min(left, limit) : left
  return { ...outer, ...NOTHING_RETURNED, nCounted, nSkipped: Math.min(skip, found), ...inner }
}

const NOTHING_RETURNED = { nReturned: 0, isEOF: 1 }

function updateCounts(request: ExplainRequest, counts: OuterCounts | undefined): Document {
  if (counts === undefined) return {}
  const nMatched = writtenOf(request, counts)
  const nWouldUpsert = request.upsert === true && nMatched === 0 ? 1 : 0
  return { ...NOTHING_RETURNED, nMatched, nWouldModify: counts.modified, nWouldUpsert }
}

function deleteCounts(request: ExplainRequest, counts: OuterCounts | undefined): Document {
  if (counts === undefined) return {}
  return { ...NOTHING_RETURNED, nWouldDelete: writtenOf(request, counts) }
}

const writtenOf = ({ multi }: ExplainRequest, { found }: OuterCounts): number =>
  multi === true ? found : Math.min(found, 1)
