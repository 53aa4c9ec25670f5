import { isOperation, type MaybeOperation, type Operation } from '../../sim/index.ts'
import type { OperationContext } from '../operation_context.ts'

/**
 * Runs a statement so that, however it ends, it leaves neither snapshot nor intents behind. Inside
 * a transaction both are the transaction's, and stay.
 */
export function finishing<T>(
  op: OperationContext,
  run: () => MaybeOperation<T>,
): MaybeOperation<T> {
  let result: MaybeOperation<T>
  try {
    result = run()
  } catch (error) {
    op.finish()
    throw error
  }
  if (isOperation(result)) return finishingOperation(op, result)
  op.finish()
  return result
}

function* finishingOperation<T>(op: OperationContext, operation: Operation<T>): Operation<T> {
  try {
    return yield* operation
  } finally {
    op.finish()
  }
}
