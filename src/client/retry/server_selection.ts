/**
 * Finding a primary. The client takes the server for one until it hears otherwise: an error that
 * tells of a change of state, or a lost connection. From then on it asks with `hello`, at the pace
 * of the driver's monitor, before it sends anything else.
 *
 * Source: specifications, server-selection, server-monitoring; the driver waits for
 * `minHeartbeatFrequencyMS` between two checks.
 */
import type { Document } from 'bson'
import type { ClientCore } from '../core.ts'
import type { MongoErrorShape } from '../errors.ts'
import type { TimeBudget } from '../time_budget.ts'
import { isConnectionLost } from '../transport.ts'

const MIN_HEARTBEAT_FREQUENCY_MS = 500

/**
 * Waits until there is a server to send to.
 *
 * @param readsFrom the command's read preference: any but primary is content with a secondary
 * @throws MongoServerSelectionError after `serverSelectionTimeoutMS`, MongoOperationTimeoutError
 *   where the operation's own budget ends before, the signal's reason
 */
export async function selectServer(
  core: ClientCore,
  readsFrom: Document | undefined,
  budget: TimeBudget | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { serverSelectionTimeoutMS } = core
  const limitMs = Math.min(
    serverSelectionTimeoutMS,
    budget?.remainingMs ?? Number.POSITIVE_INFINITY,
  )
  const deadlineMs = core.nowMs() + limitMs
  for (;;) {
    const hello = await askHello(core)
    signal?.throwIfAborted()
    if (hello['isWritablePrimary'] === true) {
      core.primaryIsKnown = true
      return
    }
    if (hello['secondary'] === true && readsFrom !== undefined) return
    const leftMs = deadlineMs - core.nowMs()
    if (leftMs > 0) {
      const ms = Math.min(leftMs, MIN_HEARTBEAT_FREQUENCY_MS)
      await core.clock.sleep(ms, signal === undefined ? undefined : { signal })
      if (leftMs > ms) continue
    }
    const error = noServer(core)
    if (budget === undefined || budget.remainingMs > 0) throw error
    throw budget.expired('Timed out during server selection', error)
  }
}

async function askHello(core: ClientCore): Promise<Document> {
  try {
    return (await core.transport.send({ hello: 1, $db: 'admin' }, core.sendOptions)) as Document
  } catch (error) {
    // A monitor's connection may break as any other.
    if (isConnectionLost(error)) return {}
    throw error
  }
}

function noServer(core: ClientCore): MongoErrorShape {
  return new core.errors.MongoServerSelectionError(
    `Server selection timed out after ${core.serverSelectionTimeoutMS} ms`,
    {},
  )
}
