import { isNumeric, numberToDouble } from '../../bson/index.ts'
import { type Namespace, ServerError } from '../../engine/index.ts'
import type { Invocation } from '../invocation.ts'
import { concerns } from './concerns.ts'
import type { FailPoint } from './fail_point.ts'

/**
 * `failGetMoreAfterCursorCheckout`: a getMore fails once it holds its cursor, which is gone then.
 * Source: getmore_cmd.cpp (8.0).
 *
 * @throws ServerError of the point's `errorCode`; InternalError without one
 */
export function failAfterCheckout(point: FailPoint, invocation: Invocation, ns: Namespace): void {
  if (point.isOff) return
  const { data } = point
  if (!concerns({ ...data, failCommands: ['getMore'] }, invocation, ns) || !point.fires()) return
  const { errorCode } = data
  throw new ServerError(
    isNumeric(errorCode) ? Math.trunc(numberToDouble(errorCode)) : 'InternalError',
    "Hit the 'failGetMoreAfterCursorCheckout' failpoint",
  )
}
