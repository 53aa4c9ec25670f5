import type { Document } from 'bson'

export interface ClientInsertOneResult {
  insertedId: Document[string]
}

export interface ClientUpdateResult {
  matchedCount: number
  modifiedCount: number
  didUpsert: boolean
  upsertedId?: Document[string]
}

export interface ClientDeleteResult {
  deletedCount: number
}

/** The result of `client.bulkWrite`. The maps, by the model's index, are for `verboseResults`. */
export interface ClientBulkWriteResult {
  readonly acknowledged: boolean
  readonly insertedCount: number
  readonly upsertedCount: number
  readonly matchedCount: number
  readonly modifiedCount: number
  readonly deletedCount: number
  readonly insertResults?: ReadonlyMap<number, ClientInsertOneResult>
  readonly updateResults?: ReadonlyMap<number, ClientUpdateResult>
  readonly deleteResults?: ReadonlyMap<number, ClientDeleteResult>
}
