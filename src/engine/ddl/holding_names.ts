import type { Operation } from '../../sim/index.ts'
import { type Namespace, namespaceText } from '../catalog/namespace.ts'
import type { Lock } from '../lock.ts'
import { takeExclusive, waitForIntent } from '../lock_wait.ts'
import type { OperationContext } from '../operation_context.ts'

/**
 * Runs what changes more than one name of the catalog, with all of them taken alone: also those
 * that no collection has yet.
 */
export function* holdingNames<T>(
  op: OperationContext,
  names: readonly [Namespace, Namespace],
  change: () => T,
): Operation<T> {
  const { catalog } = op.services
  const held: Lock[] = []
  try {
    for (const db of new Set(names.map((ns) => ns.db).sort())) {
      const lock = catalog.databaseLock(db)
      while (!op.tryIntent(lock)) yield* waitForIntent(op, lock)
    }
    // Always in the same order, so that two never wait for each other.
    const locks = new Map(names.map((ns) => [namespaceText(ns), catalog.collectionLock(ns)]))
    for (const name of [...locks.keys()].sort()) {
      const lock = locks.get(name)!
      yield* takeExclusive(op, lock)
      held.push(lock)
    }
    return change()
  } finally {
    for (const lock of held) lock.releaseExclusive()
    op.finish()
  }
}
