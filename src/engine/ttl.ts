import { isOperation, type Operation } from '../sim/index.ts'
import type { Collection } from './catalog/collection.ts'
import type { Index } from './catalog/index_definition.ts'
import type { Namespace } from './catalog/namespace.ts'
import { ServerError } from './errors.ts'
import { deleteStatement } from './exec/delete.ts'
import { OperationContext } from './operation_context.ts'
import type { Services } from './services.ts'

/** The operation that deletes is nobody's: it has no id to be killed by. */
const NO_OPERATION = 0

/**
 * Deletes what has expired by its TTL index, every `ttlMonitorSleepSecs`. Source: ttl.cpp (8.0).
 *
 * The wait between two passes is passive: in `auto` time a pass runs when time passes it, and never
 * makes time pass. It is a timer and not a sleeping operation, so that a strategy that explores
 * interleavings meets the monitor only when it has something to do.
 *
 * @param start runs a pass as a background job
 */
export function startTtlMonitor(
  services: Services,
  start: (name: string, pass: Operation<void>) => void,
): void {
  const { clock, parameters } = services
  const scheduleNext = (): void => {
    const delayUs = parameters.get('ttlMonitorSleepSecs') * 1_000_000
    clock.schedule(delayUs, 'passive', () => {
      if (parameters.get('ttlMonitorEnabled')) start('TTL monitor', passAndGoOn())
      else scheduleNext()
    })
  }
  function* passAndGoOn(): Operation<void> {
    yield* pass(services)
    scheduleNext()
  }
  scheduleNext()
}

function* pass(services: Services): Operation<void> {
  const { catalog, metrics } = services
  metrics.ttl.passes++
  if (services.hooks.writesAreLocked?.() === true) return
  for (const db of catalog.databases()) {
    for (const { ns, indexes } of catalog.collections(db)) {
      for (const { name, spec } of indexes) {
        if (spec.expireAfterSeconds !== undefined) yield* passOf(services, ns, name)
      }
    }
  }
}

/**
 * What goes wrong with one index does not keep the monitor from the others: it comes back anyway.
 */
function* passOf(services: Services, ns: Namespace, indexName: string): Operation<void> {
  // While we waited for others, collection and index may have gone.
  const collection = services.catalog.latest(ns.db, ns.coll)
  const index = collection?.indexes.find(({ name }) => name === indexName)
  if (collection === undefined || index === undefined) return
  const name = `TTL ${collection.text}`
  const op = new OperationContext(services, { opId: NO_OPERATION, name, isBackground: true })
  try {
    services.metrics.ttl.deletedDocuments += yield* deleteExpired(op, collection, index)
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    op.trace('error', { codeName: error.codeName, message: error.message })
  }
}

/** Dates only: BSON order brackets by type, so a number or a missing field never expires. */
function* deleteExpired(
  op: OperationContext,
  { ns }: Collection,
  { spec, fields, name }: Index,
): Operation<number> {
  const limit = new Date(op.clock.now() - (spec.expireAfterSeconds ?? 0) * 1000)
  const q = { [fields[0]!.path]: { $lte: limit } }
  const deleting = deleteStatement(op, ns, { q, multi: true, hint: name })
  const { deleted } = isOperation(deleting) ? yield* deleting : deleting
  return deleted
}
