/**
 * Record ids behind key strings: what makes the entries of a non-unique index distinct.
 *
 * An id takes six bytes, big-endian, so that equal keys are in the order of their ids, and the id
 * is found from the end of the entry without a look at the key.
 */
import { invariant } from '../invariant.ts'

/** Record ids are below this, so that the first of their six bytes is no 0xff. */
const RECORD_ID_LIMIT = 0xff * 2 ** 40
const RECORD_ID_BYTES = 6

/** A key with a record id behind it; ids ascend among equal keys, whatever the directions. */
export function appendRecordId(key: string, recordId: number): string {
  invariant(
    recordId >= 0 && recordId < RECORD_ID_LIMIT && Number.isInteger(recordId),
    'a record id is a non-negative integer of 48 bits',
  )
  const high = Math.floor(recordId / 2 ** 32)
  return (
    key +
    String.fromCharCode(
      high >>> 8,
      high & 0xff,
      (recordId >>> 24) & 0xff,
      (recordId >>> 16) & 0xff,
      (recordId >>> 8) & 0xff,
      recordId & 0xff,
    )
  )
}

/** The record id that `appendRecordId` put behind a key. */
export function recordIdOf(key: string): number {
  const start = key.length - RECORD_ID_BYTES
  invariant(start >= 0, 'a key with a record id is at least as long as the id')
  let id = key.charCodeAt(start)
  for (let index = start + 1; index < key.length; index++) id = id * 256 + key.charCodeAt(index)
  return id
}

/** The key without its record id. */
export function keyWithoutRecordId(key: string): string {
  return key.slice(0, key.length - RECORD_ID_BYTES)
}
