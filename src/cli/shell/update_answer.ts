import type { UpdateResult } from '../../client/index.ts'

/** The driver's result of an update as the shell answers it, without what did not happen. */
export function updateAnswer(result: UpdateResult): object {
  const { acknowledged, matchedCount, modifiedCount, upsertedCount, upsertedId } = result
  const upserted = upsertedCount > 0 ? { insertedId: upsertedId, upsertedCount } : {}
  return { acknowledged, ...upserted, matchedCount, modifiedCount }
}
