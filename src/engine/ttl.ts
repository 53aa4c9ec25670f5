import { isOperation, type Operation, sleep } from '../sim/index.ts'
import type { Collection } from './catalog/collection.ts'
import type { Index } from './catalog/index_definition.ts'
import { deleteStatement } from './exec/delete.ts'
import { OperationContext, type Services } from './operation_context.ts'

/**
 * Deletes what has expired by its TTL index, every `ttlMonitorSleepSecs`. Source: ttl.cpp.
 *
 * Its sleep is passive: in `auto` time it runs when time passes it, and never makes time pass.
 */
export function* ttlMonitor(services: Services): Operation<void> {
  for (;;) {
    const seconds = services.parameters.get('ttlMonitorSleepSecs')
    yield sleep(seconds * 1_000_000, 'TTL monitor', { wake: 'passive' })
    if (services.parameters.get('ttlMonitorEnabled')) yield* ttlPass(services)
  }
}

function* ttlPass(services: Services): Operation<void> {
  const { catalog, metrics } = services
  metrics.ttl.passes++
  for (const db of catalog.databases()) {
    for (const collection of catalog.collections(db)) {
      for (const index of collection.indexes) {
        if (index.spec.expireAfterSeconds === undefined) continue
        metrics.ttl.deletedDocuments += yield* deleteExpired(services, collection, index)
      }
    }
  }
}

/** Dates only: BSON order brackets by type, so a number or a missing field never expires. */
function* deleteExpired(
  services: Services,
  collection: Collection,
  index: Index,
): Operation<number> {
  const op = new OperationContext(services, { opId: 0, name: `TTL ${collection.text}` })
  const field = index.fields[0]!.path
  const limit = new Date(services.clock.now() - (index.spec.expireAfterSeconds ?? 0) * 1000)
  try {
    const deleting = deleteStatement(op, collection.ns, {
      q: { [field]: { $lt: limit } },
      multi: true,
      hint: index.name,
    })
    const outcome = isOperation(deleting) ? yield* deleting : deleting
    return outcome.deleted
  } finally {
    op.finish()
  }
}
