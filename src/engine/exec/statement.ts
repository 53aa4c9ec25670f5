import { isOperation, type MaybeOperation, type Operation } from '../../sim/index.ts'
import type { OperationContext } from '../operation_context.ts'

/**
 * Runs a statement so that, however it ends, it leaves neither snapshot nor intents behind. Inside
 * a transaction both are the transaction's, and stay.
 *
 * What the statement needs can come along as arguments, so that the frequent ones are functions of
 * a module and make no closure for each call.
 */
export function finishing<T, A = undefined, B = undefined, C = undefined>(
  op: OperationContext,
  run: (op: OperationContext, a: A, b: B, c: C) => MaybeOperation<T>,
  a: A = undefined as A,
  b: B = undefined as B,
  c: C = undefined as C,
): MaybeOperation<T> {
  let result: MaybeOperation<T>
  try {
    result = run(op, a, b, c)
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
