import type { Document } from '../../bson/index.ts'
import { dropDatabase as drop, isInternalDatabase, ServerError } from '../../engine/index.ts'
import type { Operation } from '../../sim/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'

/** Source: drop_database.cpp (8.0) */
export const dropDatabase = {
  name: 'dropDatabase',
  target: 'database',
  inApiVersion1: true,
  supportsWriteConcern: true,
  countsAsCommand: true,
  profiledAs: 'command',
  writes: true,
  *run(invocation: Invocation): Operation<Document> {
    const { db } = invocation.ns
    if (isInternalDatabase(db)) {
      throw new ServerError('IllegalOperation', `Dropping the '${db}' database is prohibited.`)
    }
    const dropped = yield* drop(invocation.op, db)
    invocation.wrote = dropped
    return dropped ? { dropped: db, ok: 1 } : { ok: 1 }
  },
} as const satisfies CommandDescriptor
