import { type OperationContext, ServerError } from '../../engine/index.ts'
import type { Operation } from '../../sim/index.ts'
import type { ReplicaSet } from './replica_set.ts'

export interface StepDownRequest {
  /** Microseconds, from its begin, in which the node stands for no election. */
  readonly forUs: number
  /** Microseconds to wait for a secondary that is caught up. */
  readonly catchUpUs: number
  /** Whether to step down then, even if there is none. */
  readonly force: boolean
}

/**
 * How a primary steps down on request: it takes no more writes, waits for a secondary that could
 * take over, and steps down, or stays primary. A set of one has no secondary: by itself it waits in
 * vain, and steps down by force only.
 *
 * @throws ServerError 10107, 117 at once; 262 after the wait. Source:
 *   `ReplicationCoordinatorImpl::stepDown`, `TopologyCoordinator::tryToStartStepDown` (8.0)
 */
export function* stepDown(
  set: ReplicaSet,
  op: OperationContext,
  { forUs, catchUpUs, force }: StepDownRequest,
): Operation<void> {
  set.beginStepDown()
  const untilUs = op.clock.nowUs() + forUs
  try {
    if (catchUpUs > 0) yield* op.sleepFor(catchUpUs, 'stepDown', { interruptible: true })
    const nowUs = op.clock.nowUs()
    if (nowUs >= untilUs) {
      throw new ServerError(
        'ExceededTimeLimit',
        'By the time we were ready to step down, we were already past the time we were supposed to step down until',
      )
    }
    if (!force) {
      throw new ServerError(
        'ExceededTimeLimit',
        `No electable secondaries caught up as of ${localTime(nowUs)}. Please use the replSetStepDown command with the argument {force: true} to force node to step down.`,
      )
    }
  } catch (error) {
    set.abandonStepDown()
    throw error
  }
  set.stepDown(untilUs)
}

/** Source: `dateToISOStringLocal`; here every machine is in UTC. */
function localTime(nowUs: number): string {
  return new Date(Math.floor(nowUs / 1000)).toISOString().replace('Z', '+00:00')
}
