import { type EventType, HistoryError, type HistoryEvent, type MicroOperation } from './events.ts'

const TYPES: ReadonlySet<unknown> = new Set<EventType>(['invoke', 'ok', 'fail', 'info'])

/**
 * Looks at what was given for an event, as a file has it.
 *
 * @returns undefined for what is no transaction, such as the doings of a nemesis
 * @throws HistoryError that says what is wrong
 */
export function checkEvent(given: unknown): HistoryEvent | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new HistoryError(`an event is an object, not ${show(given)}`)
  }
  const event = given as Record<string, unknown>
  const { type, process, f, value } = event
  if (typeof process !== 'number' && typeof process !== 'string') {
    throw new HistoryError(`'process' is a number or a string, not ${show(process)}`)
  }
  if (f !== undefined && f !== 'txn' && f !== 'init') return undefined
  if (!TYPES.has(type)) {
    throw new HistoryError(`'type' is one of invoke, ok, fail and info, not ${show(type)}`)
  }
  if (f === 'init') return initialWrites(event)
  checkTimestamp(event, 'start')
  checkTimestamp(event, 'commit')
  if (value === null || value === undefined) {
    if (type === 'fail' || type === 'info') return { ...(event as object), value: [] } as never
    throw new HistoryError(`'value' is missing: the list of steps`)
  }
  if (!Array.isArray(value)) {
    throw new HistoryError(`'value' is a list of steps, not ${show(value)}`)
  }
  for (const step of value) checkStep(step, type as EventType)
  return given as HistoryEvent
}

function checkTimestamp(event: Record<string, unknown>, name: 'start' | 'commit'): void {
  const moment = event[name]
  if (moment === undefined || moment === null || Number.isFinite(moment)) return
  throw new HistoryError(`'${name}' is a number, not ${show(moment)}`)
}

/** The initial state, as a transaction that inserts it all. */
function initialWrites(event: Record<string, unknown>): HistoryEvent {
  const { value } = event
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HistoryError(`the value of 'init' is an object, not ${show(value)}`)
  }
  const steps = Object.entries(value).map(([key, written]) => ['insert', key, written] as const)
  return { ...event, f: 'init', value: steps } as unknown as HistoryEvent
}

const LENGTHS: Readonly<Record<MicroOperation[0], number>> = {
  append: 3,
  w: 3,
  insert: 3,
  delete: 2,
  r: 3,
  rp: 3,
}

function checkStep(step: unknown, type: EventType): void {
  if (!Array.isArray(step)) throw new HistoryError(`a step is a list, not ${show(step)}`)
  const name = step[0] as MicroOperation[0]
  const length = Object.hasOwn(LENGTHS, name) ? LENGTHS[name] : undefined
  if (length === undefined) {
    throw new HistoryError(
      `a step is one of append, r, w, insert, delete and rp, not ${show(step[0])}`,
    )
  }
  // What a read will see is not known before it is done.
  if (step.length !== length && !(name === 'r' && step.length === 2 && type !== 'ok')) {
    throw new HistoryError(`a step '${name}' has ${length} parts, unlike ${show(step)}`)
  }
  if (name === 'rp') return
  const key = step[1]
  if (typeof key !== 'string' && typeof key !== 'number') {
    throw new HistoryError(`a key is a string or a number, not ${show(key)} in ${show(step)}`)
  }
  if (name === 'r' || name === 'delete') return
  const written = step[2]
  if (typeof written !== 'string' && typeof written !== 'number' && typeof written !== 'boolean') {
    throw new HistoryError(`a value is a number, string or boolean, unlike that of ${show(step)}`)
  }
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
