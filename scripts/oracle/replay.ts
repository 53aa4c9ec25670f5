import {
  type BeginOptions,
  type Cursor,
  OK,
  type ReturnCode,
  returnCodeName,
  Session,
  Store,
  subLevelName,
  type Table,
  type TransactionTimestamps,
  WT_NONE,
} from '../../src/storage/index.ts'
import { type Ending, MalformedInput, type Outcome, type Schedule } from './schedule.ts'

const TABLES = 2

type TextTable = Table<string, string>
type TextCursor = Cursor<string, string>

/**
 * One session of a schedule: short-lived cursors for single steps, and one per table that stays.
 */
interface Actor {
  readonly session: Session
  /** By table: `overwrite=true` for put and upsert. */
  readonly overwriting: readonly TextCursor[]
  /** By table: `overwrite=false`, for everything else. */
  readonly plain: readonly TextCursor[]
  /** By table: the far end of truncate. */
  readonly stop: readonly TextCursor[]
  /** By table: the cursor of the `c...` steps. */
  readonly staying: readonly TextCursor[]
}

/** What the replay of a schedule gave, in the shape of what was recorded. */
export interface Replay {
  readonly out: readonly Outcome[]
  readonly end: Ending
}

/**
 * Plays a schedule against a fresh store. Throws `MalformedInput` at a step that it does not
 * know.
 */
export function replay(schedule: Schedule): Replay {
  const store = new Store()
  const tables: TextTable[] = []
  for (let t = 0; t < TABLES; t++) {
    tables.push(store.createTable<string, string>({ name: `t${t}`, keys: 'string' }))
  }
  const actors: Actor[] = []
  for (let n = 0; n < schedule.n; n++) actors.push(actorOn(store, tables))
  const out = schedule.steps.map((step) => {
    try {
      return play(store, actors, step)
    } catch (error) {
      throw new MalformedInput(`schedule ${schedule.id}, step "${step}": ${messageOf(error)}`)
    }
  })
  return { out, end: finish(store, tables, actors) }
}

function actorOn(store: Store, tables: readonly TextTable[]): Actor {
  const session = new Session(store)
  const open = (overwrite: boolean): TextCursor[] =>
    tables.map((table) => session.openCursor(table, { overwrite }))
  return {
    session,
    overwriting: open(true),
    plain: open(false),
    stop: open(false),
    staying: open(true),
  }
}

function play(store: Store, actors: readonly Actor[], step: string): Outcome {
  const [who, op, ...args] = step.split(' ')
  if (who === 'g') return playGlobal(store, op, args)
  const actor = actors[Number(who) - 1]
  if (actor === undefined) throw new Error(`there is no session ${who}`)
  const perform = op === undefined ? undefined : STEPS[op]
  if (perform === undefined) throw new Error(`there is no step ${op}`)
  return perform(actor, args)
}

function playGlobal(store: Store, op: string | undefined, args: readonly string[]): Outcome {
  const timestamp = number(args[0])
  if (op === 'oldest') return outcome(store.setTimestamps({ oldestTimestamp: timestamp }))
  if (op === 'stable') return outcome(store.setTimestamps({ stableTimestamp: timestamp }))
  throw new Error(`there is no step g ${op}`)
}

type Perform = (actor: Actor, args: readonly string[]) => Outcome

const begin =
  (options: BeginOptions): Perform =>
  ({ session }) =>
    outcome(session.begin(options), session)

const STEPS: Readonly<Record<string, Perform>> = {
  begin: begin({}),
  begin_rc: begin({ isolation: 'read-committed' }),
  begin_ru: begin({ isolation: 'read-uncommitted' }),
  begin_ip: begin({ ignorePrepare: true }),
  begin_ipf: begin({ ignorePrepare: 'force' }),
  begin_nots: begin({ noTimestamp: true }),
  begin_readts: (actor, [timestamp]) => begin({ readTimestamp: number(timestamp) })(actor, []),
  commit: ({ session }, [commitTs, durableTs]) =>
    outcome(
      session.commit({
        ...(commitTs !== undefined && { commitTimestamp: number(commitTs) }),
        ...(durableTs !== undefined && { durableTimestamp: number(durableTs) }),
      }),
      session,
    ),
  rollback: ({ session }) => outcome(session.rollback(), session),
  prepare: ({ session }, [timestamp]) =>
    outcome(
      session.prepare(timestamp === undefined ? {} : { prepareTimestamp: number(timestamp) }),
      session,
    ),
  committs: (actor, [timestamp]) => stamp(actor, { commitTimestamp: number(timestamp) }),
  readts: (actor, [timestamp]) => stamp(actor, { readTimestamp: number(timestamp) }),
  reset_snapshot: ({ session }) => outcome(session.resetSnapshot()),
  get: (actor, [t, k]) => {
    const cursor = at(actor.plain, t)
    return momentary(actor, cursor, text(k), undefined, () => cursor.search(), readValue)
  },
  put: (actor, [t, k, v]) => write(actor, at(actor.overwriting, t), 'insert', text(k), text(v)),
  upsert: (actor, [t, k, v]) => write(actor, at(actor.overwriting, t), 'update', text(k), text(v)),
  insert: (actor, [t, k, v]) => write(actor, at(actor.plain, t), 'insert', text(k), text(v)),
  update: (actor, [t, k, v]) => write(actor, at(actor.plain, t), 'update', text(k), text(v)),
  remove: (actor, [t, k]) => write(actor, at(actor.plain, t), 'remove', text(k), undefined),
  reserve: (actor, [t, k]) => {
    const cursor = at(actor.plain, t)
    return momentary(actor, cursor, text(k), undefined, () => cursor.reserve(), readValue)
  },
  modify: (actor, [t, k, offset, size, ...data]) => {
    const cursor = at(actor.plain, t)
    const entry = { offset: number(offset), size: number(size), data: data.join(' ') }
    return momentary(actor, cursor, text(k), undefined, () => cursor.modify([entry]), readValue)
  },
  near,
  largest: (actor, [t]) => {
    const cursor = at(actor.plain, t)
    const code = cursor.largestKey()
    const result = outcome(code, actor.session)
    const found = code === OK ? { ...result, k: text(cursor.getKey()) } : result
    cursor.reset()
    return found
  },
  scan: (actor, args) => scan(actor, args, 'next'),
  rscan: (actor, args) => scan(actor, args, 'prev'),
  truncate: (actor, [t, lo, hi]) => {
    const start = at(actor.plain, t)
    const stop = at(actor.stop, t)
    setKey(actor, start, text(lo))
    setKey(actor, stop, text(hi))
    const result = outcome(actor.session.truncate(start, stop), actor.session)
    start.reset()
    stop.reset()
    return result
  },
  csearch: (actor, [t, k]) => {
    const cursor = at(actor.staying, t)
    setKey(actor, cursor, text(k))
    return stand(actor, cursor, cursor.search())
  },
  cnext: (actor, [t]) => stand(actor, at(actor.staying, t), at(actor.staying, t).next()),
  cprev: (actor, [t]) => stand(actor, at(actor.staying, t), at(actor.staying, t).prev()),
  creset: (actor, [t]) => outcome(at(actor.staying, t).reset(), actor.session),
  cget: (actor, [t]) => {
    const cursor = at(actor.staying, t)
    const k = cursor.getKey()
    const v = cursor.getValue()
    return {
      rc: 'OK',
      ...(k === undefined ? { k_rc: 'EINVAL' } : { k }),
      ...(v === undefined ? { v_rc: 'EINVAL' } : { v }),
    }
  },
  cupdate: (actor, [t, v]) => {
    if (isSkipped(actor)) return { rc: 'SKIPPED' }
    const cursor = at(actor.staying, t)
    cursor.setValue(text(v))
    return outcome(cursor.update(), actor.session)
  },
  cremove: (actor, [t]) => {
    if (isSkipped(actor)) return { rc: 'SKIPPED' }
    return outcome(at(actor.staying, t).remove(), actor.session)
  },
}

/** Writes by positioned cursors were recorded inside unprepared transactions only. */
function isSkipped({ session }: Actor): boolean {
  return session.transaction === undefined || session.isPrepared
}

function stamp({ session }: Actor, timestamps: TransactionTimestamps): Outcome {
  return outcome(session.timestampTransaction(timestamps), session)
}

/** A step with a cursor of its own, which is reset afterwards. */
function momentary(
  actor: Actor,
  cursor: TextCursor,
  key: string,
  value: string | undefined,
  call: () => ReturnCode,
  read?: (cursor: TextCursor) => Partial<Outcome>,
): Outcome {
  setKey(actor, cursor, key)
  if (value !== undefined) setValue(actor, cursor, value)
  const code = call()
  const result = outcome(code, actor.session)
  const found = code === OK && read !== undefined ? { ...result, ...read(cursor) } : result
  cursor.reset()
  return found
}

function write(
  actor: Actor,
  cursor: TextCursor,
  call: 'insert' | 'update' | 'remove',
  key: string,
  value: string | undefined,
): Outcome {
  return momentary(actor, cursor, key, value, () => cursor[call]())
}

function near(actor: Actor, [t, k]: readonly string[]): Outcome {
  const cursor = at(actor.plain, t)
  setKey(actor, cursor, text(k))
  const { code, exact } = cursor.searchNear()
  const result = outcome(code, actor.session)
  const found =
    code === OK ? { ...result, exact, k: text(cursor.getKey()), ...readValue(cursor) } : result
  cursor.reset()
  return found
}

function scan(actor: Actor, [t, lo, hi]: readonly string[], way: 'next' | 'prev'): Outcome {
  const cursor = at(actor.plain, t)
  const rows: [string, string][] = []
  let code: ReturnCode = OK
  for (const [which, key] of [
    ['lower', text(lo)],
    ['upper', text(hi)],
  ] as const) {
    if (key === '-' || code !== OK) continue
    setKey(actor, cursor, key)
    code = cursor.bound(which)
  }
  while (code === OK) {
    code = cursor[way]()
    if (code === OK) rows.push([text(cursor.getKey()), text(cursor.getValue())])
  }
  cursor.reset()
  return { rc: returnCodeName(code), rows }
}

function stand(actor: Actor, cursor: TextCursor, code: ReturnCode): Outcome {
  const result = outcome(code, actor.session)
  if (code !== OK) return result
  return { ...result, k: text(cursor.getKey()), ...readValue(cursor) }
}

function readValue(cursor: TextCursor): Partial<Outcome> {
  return { v: text(cursor.getValue()) }
}

/** In a prepared transaction a key can't be set; the steps were recorded with keys set before. */
function setKey({ session }: Actor, cursor: TextCursor, key: string): void {
  if (!session.isPrepared) cursor.setKey(key)
}

function setValue({ session }: Actor, cursor: TextCursor, value: string): void {
  if (!session.isPrepared) cursor.setValue(value)
}

function outcome(code: ReturnCode, session?: Session): Outcome {
  const rc = returnCodeName(code)
  const sub = session?.lastError.subLevel ?? WT_NONE
  return code === OK || sub === WT_NONE ? { rc } : { rc, sub: subLevelName(sub) }
}

/** Rolls back what is open, and looks at both tables with the eyes of a new session. */
function finish(store: Store, tables: readonly TextTable[], actors: readonly Actor[]): Ending {
  const { txnUpdateConflict, autocommitUpdateRetry } = store.statistics()
  const unfinished: number[] = []
  for (const [position, { session }] of actors.entries()) {
    if (session.transaction === undefined) continue
    unfinished.push(position + 1)
    session.rollback()
  }
  const reader = actorOn(store, tables)
  const final = tables.map((_, t) => scan(reader, [String(t), '-', '-'], 'next'))
  const stats = {
    txn_update_conflict: txnUpdateConflict,
    autocommit_update_retry: autocommitUpdateRetry,
  }
  return { unfinished, final, stats }
}

function at(cursors: readonly TextCursor[], table: string | undefined): TextCursor {
  const cursor = cursors[Number(table)]
  if (cursor === undefined) throw new Error(`there is no table ${table}`)
  return cursor
}

function text(value: string | undefined): string {
  if (value === undefined) throw new Error('an argument is missing')
  return value
}

function number(value: string | undefined): number {
  const parsed = Number(text(value))
  if (!Number.isSafeInteger(parsed)) throw new Error(`${value} is not a whole number`)
  return parsed
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
