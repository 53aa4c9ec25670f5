/**
 * Documents `{ _id, number, stamp }`: a number that a rule is about, and a stamp that no other
 * write has, so that a read says whose write it saw. For the judge a stamp is the value of a
 * register, null where the document is as it was put there.
 */
import type { Key } from '../check/index.ts'
import type { WorkloadCollection, WorkloadSession } from './client.ts'
import type { Performed } from './workload.ts'

export function initialDocument(key: Key, number: number): Record<string, unknown> {
  return { _id: key, number, stamp: null }
}

/** @returns the number */
export async function readStamped(
  key: Key,
  collection: WorkloadCollection,
  session: WorkloadSession,
  { value, numbers }: Performed,
): Promise<number> {
  const found = await collection.findOne({ _id: key }, { session })
  if (found === null) throw new Error(`the document ${key} has gone`)
  value.push(['r', key, found['stamp'] as number | null])
  const number = Number(found['number'])
  numbers[String(key)] = number
  return number
}

export async function writeStamped(
  { key, number, stamp }: { readonly key: Key; readonly number: number; readonly stamp: number },
  collection: WorkloadCollection,
  session: WorkloadSession,
  { value }: Performed,
): Promise<void> {
  await collection.updateOne({ _id: key }, { $set: { number, stamp } }, { session })
  value.push(['w', key, stamp])
}
