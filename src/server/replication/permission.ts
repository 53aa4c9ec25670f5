import { type Document, isDocument } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import type { Invocation } from '../invocation.ts'
import type { ReplicaSet } from './replica_set.ts'

/**
 * Whether a command may run on a node that takes no writes. Source: `commandCanRunHere` and what
 * follows it, service_entry_point_shard_role.cpp (8.0).
 *
 * @throws ServerError 10107, 13435, 13436
 */
export function checkMayRun(set: ReplicaSet, invocation: Invocation): void {
  const { descriptor, connection, ns, inTransaction } = invocation
  const { secondaryAllowed } = descriptor
  // What is local to a node is always its own to write.
  if (ns.db === 'local') return
  const couldOptIn = secondaryAllowed === 'optIn'
  const mayRun = secondaryAllowed === 'always' || (couldOptIn && takesSecondaries(invocation))
  if (!mayRun || inTransaction) {
    set.notePrimarySought()
    // Clients that never said that they know better words get those of old.
    const isModern = connection.knowsHello || !connection.gossip
    if (couldOptIn) {
      throw new ServerError(
        'NotPrimaryNoSecondaryOk',
        isModern ? 'not primary and secondaryOk=false' : 'not master and slaveOk=false',
      )
    }
    throw new ServerError('NotWritablePrimary', isModern ? 'not primary' : 'not master')
  }
  if (descriptor.maintenanceOk || set.state !== 'STARTUP') return
  throw new ServerError('NotPrimaryOrSecondary', 'node is not in primary or recovering state')
}

/** Source: `ReadPreferenceSetting::canRunOnSecondary`. */
function takesSecondaries({ command }: Invocation): boolean {
  const preference: Document | unknown = command['$readPreference']
  if (!isDocument(preference)) return false
  const { mode } = preference
  return mode !== undefined && mode !== 'primary'
}
