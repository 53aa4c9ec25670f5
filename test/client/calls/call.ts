/** A call that can be made on either client, and the replies of which its tests are made. */
import { type Document, Long, ObjectId } from 'bson'
import type { Collection, Db, MongoClient } from 'mongodb'

export type Thing = { _id: ObjectId | number } & Document

export interface Handles {
  readonly client: MongoClient
  readonly db: Db
  readonly things: Collection<Thing>
}

export type Call = [what: string, call: (given: Handles) => unknown, replies: Document[]]

export const ok = { ok: 1 }
export const id = new ObjectId('0123456789abcdef01234567')

/** A reply with one batch, and no cursor left open. */
export const batch = (...firstBatch: Document[]) => ({
  ok: 1,
  cursor: { id: Long.ZERO, ns: 'shop.things', firstBatch },
})
export const openBatch = (...firstBatch: Document[]) => ({
  ok: 1,
  cursor: { id: Long.fromNumber(77), ns: 'shop.things', firstBatch },
})
export const nextBatch = (cursorId: number, ...documents: Document[]) => ({
  ok: 1,
  cursor: { id: Long.fromNumber(cursorId), ns: 'shop.things', nextBatch: documents },
})

export const duplicate = {
  index: 0,
  code: 11000,
  errmsg: 'E11000 duplicate key error collection: shop.things index: _id_ dup key: { _id: 1 }',
  keyPattern: { _id: 1 },
  keyValue: { _id: 1 },
}
export const conflict = {
  ok: 0,
  code: 112,
  codeName: 'WriteConflict',
  errmsg: 'Write conflict',
  errorLabels: ['TransientTransactionError'],
}
export const unmet = {
  writeConcernError: {
    code: 64,
    codeName: 'WriteConcernTimeout',
    errmsg: 'waiting for replication timed out',
    errInfo: { wtimeout: true },
  },
}
