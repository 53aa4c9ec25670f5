/** The statements behind an edge: whose read saw, or missed, whose write. */
import type { EdgeKind } from '../graph/edges.ts'
import type { Key } from '../history/events.ts'
import type { ToldHistory, ToldStep } from './told_history.ts'

/** Places among the steps of the two transactions; undefined where the history does not tell. */
export interface Evidence {
  readonly fromStep: number | undefined
  readonly toStep: number | undefined
}

export interface EvidenceOf {
  readonly from: number
  readonly to: number
  readonly kind: EdgeKind
  readonly key?: Key
}

const NONE: Evidence = { fromStep: undefined, toStep: undefined }

export function evidenceOf({ from, to, kind, key }: EvidenceOf, history: ToldHistory): Evidence {
  if (key === undefined) return NONE
  const ofFrom = history.stepsOf(from)
  const ofTo = history.stepsOf(to)
  if (kind === 'ww') {
    return { fromStep: lastWrite(ofFrom, key), toStep: placeOf(ofTo, isWriteOf(key)) }
  }
  if (kind === 'wr') {
    const { read, write } = seenBy(ofTo, ofFrom, key, history)
    return { fromStep: write, toStep: read }
  }
  const { read, write } = missedBy(ofFrom, ofTo, key, history)
  return { fromStep: read, toStep: write }
}

interface ReadAndWrite {
  readonly read: number | undefined
  readonly write: number | undefined
}

/** The first read that saw a write, and the last of the writes that it saw. */
function seenBy(
  reader: readonly ToldStep[],
  writer: readonly ToldStep[],
  key: Key,
  history: ToldHistory,
): ReadAndWrite {
  for (const [read, step] of reader.entries()) {
    if (!reads(step, key)) continue
    const write = writer.findLastIndex((one) => isWriteOf(key)(one) && history.sees(step, one))
    if (write >= 0) return { read, write }
  }
  return { read: placeOf(reader, (step) => reads(step, key)), write: lastWrite(writer, key) }
}

/** The first read, and the first write that it did not see. */
function missedBy(
  reader: readonly ToldStep[],
  writer: readonly ToldStep[],
  key: Key,
  history: ToldHistory,
): ReadAndWrite {
  for (const [read, step] of reader.entries()) {
    if (!reads(step, key)) continue
    const write = writer.findIndex((one) => isWriteOf(key)(one) && !history.sees(step, one))
    if (write >= 0) return { read, write }
  }
  return {
    read: placeOf(reader, (step) => reads(step, key)),
    write: placeOf(writer, isWriteOf(key)),
  }
}

function reads({ kind, key, value }: ToldStep, of: Key): boolean {
  if (kind === 'read') return key === of
  return kind === 'query' && (!(value instanceof Map) || value.has(of))
}

function isWriteOf(of: Key): (step: ToldStep) => boolean {
  return ({ kind, key }) => kind === 'write' && key === of
}

function lastWrite(steps: readonly ToldStep[], key: Key): number | undefined {
  const at = steps.findLastIndex(isWriteOf(key))
  return at < 0 ? undefined : at
}

function placeOf(
  steps: readonly ToldStep[],
  matches: (step: ToldStep) => boolean,
): number | undefined {
  const at = steps.findIndex(matches)
  return at < 0 ? undefined : at
}
