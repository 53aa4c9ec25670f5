import { sizeOf } from '../../bson/index.ts'
import type { MaybeOperation, Operation } from '../../sim/index.ts'
import type { Stage } from '../aggregate/index.ts'
import { type ChangeExtent, ChangeStream, type ChangeStreamSpec } from '../changes/index.ts'
import type { OperationContext } from '../operation_context.ts'
import { BATCH_BYTES_MAX, type Batch } from './batch.ts'
import { finishing } from './statement.ts'

/**
 * Opens a change stream and reads what there is already.
 *
 * @param stages those behind `$changeStream`
 * @throws ServerError of `ChangeStream`
 */
export function openChangeStream(
  op: OperationContext,
  request: { readonly extent: ChangeExtent; readonly spec: ChangeStreamSpec },
  stages: readonly Stage[],
  batchSize: number,
): MaybeOperation<Batch> {
  return finishing(op, () => {
    const stream = new ChangeStream(op, request.extent, request.spec, stages)
    return readEvents(op, stream, batchSize)
  })
}

/** Reads on; where there is nothing, waits a while for something to happen. */
export function moreEvents(
  op: OperationContext,
  stream: ChangeStream,
  countMax: number,
  awaitDataMs: number,
): MaybeOperation<Batch> {
  return finishing(op, () => {
    const batch = readEvents(op, stream, countMax)
    if (batch.documents.length > 0 || batch.rest === undefined) return batch
    return awaitEvents(op, stream, countMax, awaitDataMs)
  })
}

/** Holds nothing meanwhile, and does not make virtual time pass. */
function* awaitEvents(
  op: OperationContext,
  stream: ChangeStream,
  countMax: number,
  awaitDataMs: number,
): Operation<Batch> {
  const untilUs = op.clock.nowUs() + awaitDataMs * 1000
  const { arrived } = op.services.changes
  for (;;) {
    const leftUs = untilUs - op.clock.nowUs()
    op.yieldResources()
    if (leftUs > 0) yield* op.park(arrived, 'change stream', leftUs)
    const batch = readEvents(op, stream, countMax)
    if (batch.documents.length > 0 || batch.rest === undefined || leftUs <= 0) return batch
  }
}

function readEvents(op: OperationContext, stream: ChangeStream, countMax: number): Batch {
  const documents = []
  let sizeBytes = 0
  let isAtEnd = false
  while (documents.length < countMax && sizeBytes < BATCH_BYTES_MAX) {
    const document = stream.next(op)
    if (document === undefined) {
      isAtEnd = true
      break
    }
    documents.push(document)
    sizeBytes += sizeOf(document)
  }
  const resumeToken = isAtEnd ? stream.resumeTokenAtEnd() : stream.resumeToken
  const rest = stream.hasEnded ? undefined : ({ kind: 'changes', stream } as const)
  return { documents, rest, resumeToken }
}
