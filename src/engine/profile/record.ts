import { type Document, sizeOf } from '../../bson/index.ts'
import { OK } from '../../storage/index.ts'
import type { Collection } from '../catalog/collection.ts'
import { createNow, tryAcquire } from '../exec/acquire.ts'
import { OperationContext } from '../operation_context.ts'
import type { Services } from '../services.ts'
import { type ProfiledOperation, profileEntry } from './entry.ts'
import type { DatabaseProfile, ProfileSettings } from './settings.ts'

/** `system.profile` is capped at this size; server: `createProfileCollection`, introspect.cpp. */
const PROFILE_BYTES = 1024 * 1024

/** The operation that writes an entry is nobody's: it has no id to be killed by. */
const NO_OPERATION = 0

/**
 * Records an operation that ended, if the settings of its database ask for it.
 * Source: `CurOp::completeAndLogOperation` (curop.cpp, 8.0).
 */
export function recordOperation(
  services: Services,
  settings: ProfileSettings,
  operation: ProfiledOperation,
): void {
  const profile = settings.of(operation.db)
  if (profile.level === 0) return
  const entry = profileEntry(operation)
  if (!isWanted(services, settings, profile, operation, entry)) return
  writeEntry(services, operation.db, entry)
}

function isWanted(
  services: Services,
  settings: ProfileSettings,
  profile: DatabaseProfile,
  operation: ProfiledOperation,
  entry: Document,
): boolean {
  if (profile.level === 2) return true
  if (profile.filter !== undefined) return profile.filter.matches(entry)
  if (!settings.isSlow(operation.elapsedUs)) return false
  return settings.sampleRate >= 1 || services.random.next() < settings.sampleRate
}

/**
 * Writes an entry in a unit of work of its own. Somebody who has the collection alone is not waited
 * for: the entry is lost then, as the server loses it after a lock time-out of zero.
 */
function writeEntry(services: Services, db: string, entry: Document): void {
  const op = new OperationContext(services, { opId: NO_OPERATION, name: `profile ${db}` })
  try {
    const collection = services.catalog.latest(db, 'system.profile') ?? create(op, db)
    if (collection === undefined || !tryAcquire(op, collection, 'write')) return
    const { state } = collection
    const sizeBytes = sizeOf(entry)
    collection.noteSize(sizeBytes)
    const room = makeRoom(op, collection, sizeBytes)
    const code = op.storage.put(collection.records, collection.nextRecordId(), entry)
    if (code !== OK || op.commitUnit() !== OK) return
    state.cappedBytes += sizeBytes - room.bytes
    state.cappedCount += 1 - room.count
  } finally {
    op.finish()
  }
}

function create(op: OperationContext, db: string): Collection | undefined {
  if (!op.services.catalog.databaseLock(db).freeForIntent) return undefined
  return createNow(op, { db, coll: 'system.profile' }, { capped: true, size: PROFILE_BYTES })
}

/**
 * Removes the oldest entries until the new one fits. Entries have no `_id` and so no index entries:
 * the server makes this collection without an `_id` index.
 */
function makeRoom(
  op: OperationContext,
  collection: Collection,
  neededBytes: number,
): { readonly bytes: number; readonly count: number } {
  const room = { bytes: 0, count: 0 }
  const heldBytes = collection.state.cappedBytes + neededBytes
  if (heldBytes <= PROFILE_BYTES) return room
  const oldest = op.storage.scan(collection.records)
  while (heldBytes - room.bytes > PROFILE_BYTES && oldest.next()) {
    room.bytes += sizeOf(oldest.value)
    room.count++
    op.storage.remove(collection.records, oldest.key)
  }
  return room
}
