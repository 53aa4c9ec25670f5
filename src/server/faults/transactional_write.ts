import { isNumeric, numberToDouble } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import type { Invocation } from '../invocation.ts'
import type { FailPoint } from './fail_point.ts'

/**
 * Arms `onPrimaryTransactionalWrite` for one retryable write: it strikes each write unit of work
 * right before it commits.
 *
 * - `closeConnection`, true unless it says otherwise: the write goes on, its reply is lost.
 * - `failBeforeCommitExceptionCode`: the unit fails with this code and is taken back.
 *
 * Source: `_registerUpdateCacheOnCommit`, transaction_participant.cpp (8.0).
 */
export function failTransactionalWrites(point: FailPoint, invocation: Invocation): void {
  if (point.isOff) return
  invocation.op.beforeCommit = () => {
    if (point.fires()) strike(point, invocation)
  }
}

function strike({ data }: FailPoint, invocation: Invocation): void {
  const { closeConnection = true, failBeforeCommitExceptionCode: code } = data
  if (closeConnection === true) invocation.losesReply = true
  if (!isNumeric(code)) return
  const session = invocation.session?.id.text
  const { txnNumber } = invocation.command
  throw new ServerError(
    Math.trunc(numberToDouble(code)),
    `Failing write for ${session}:${txnNumber} due to failpoint. The write must not be reflected.`,
  )
}
