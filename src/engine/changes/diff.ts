/**
 * What changed between two versions of a document, worked out by comparing them: for updates by a
 * pipeline, which don't say it. Laid out as the server's oplog entries are (`$v: 2`), because how
 * large that is decides what the event is: where it is no smaller than the document, the document
 * counts as replaced.
 *
 *     { d: { gone: false }, u: { other: 2 }, i: { new: 3 }, sdeeper: { ... } }
 *     { a: true, l: 2, u0: 'other', s1: { ... } }                              in an array
 *
 * Source: document_diff_calculator.cpp (8.0).
 */
import { type Document, isDocument, sizeOf } from '../../bson/index.ts'
import { areIdentical } from '../update/index.ts'

/** Bytes that an oplog entry has around a difference; server: kSizeOfDeltaOplogEntryMetadata. */
const ENTRY_BYTES = 15

/** Nothing where the document counts as replaced. */
export function diffDocuments(before: Document, after: Document): Document | undefined {
  const diff = documentDiff(before, after)
  return sizeOf(diff) + ENTRY_BYTES > sizeOf(after) ? undefined : diff
}

function documentDiff(before: Document, after: Document): Document {
  const deleted: Document = {}
  const updated: Document = {}
  const inserted: Document = {}
  const deeper: Document = {}
  for (const name of Object.keys(before)) if (!Object.hasOwn(after, name)) deleted[name] = false
  for (const [name, value] of Object.entries(after)) {
    if (!Object.hasOwn(before, name)) inserted[name] = value
    else noteDifference(before[name], value, name, updated, deeper)
  }
  const sections = { d: deleted, u: updated, i: inserted }
  const made = Object.entries(sections).filter(([, section]) => Object.keys(section).length > 0)
  return { ...Object.fromEntries(made), ...deeper }
}

/** An array: elements that changed, those appended, and its length where it is shorter now. */
function arrayDiff(before: readonly unknown[], after: readonly unknown[]): Document {
  const diff: Document = { a: true }
  if (after.length < before.length) diff['l'] = after.length
  for (const [i, value] of after.entries()) {
    const updated: Document = {}
    if (i >= before.length) updated[i] = value
    else noteDifference(before[i], value, String(i), updated, diff)
    if (i in updated) diff[`u${i}`] = value
  }
  return diff
}

/** A difference inside of a value is told by itself where that is shorter than the value. */
function noteDifference(
  before: unknown,
  after: unknown,
  name: string,
  updated: Document,
  deeper: Document,
): void {
  if (areIdentical(before, after)) return
  const inside = insideDiff(before, after)
  if (inside !== undefined && sizeOf(inside) < sizeOf({ [name]: after }))
    deeper[`s${name}`] = inside
  else updated[name] = after
}

function insideDiff(before: unknown, after: unknown): Document | undefined {
  if (isDocument(before) && isDocument(after)) return documentDiff(before, after)
  return Array.isArray(before) && Array.isArray(after) ? arrayDiff(before, after) : undefined
}
