/** Histories as users have them: events in memory, or the text of a file. */
import { checkEvent } from './check_event.ts'
import { HistoryError, type HistoryEvent } from './events.ts'
import { type TransactionTable, TransactionTableBuilder } from './transaction_table.ts'

/** Events, or an object around them, as files of several histories have it. */
export type History = Iterable<HistoryEvent> | { readonly history: Iterable<HistoryEvent> }

/** @throws HistoryError that names the event and what is wrong with it */
export function readEvents(history: History): TransactionTable {
  const events = Symbol.iterator in history ? history : history.history
  const builder = new TransactionTableBuilder('event')
  let at = 0
  for (const event of events) addEvent(builder, event, 'event', at++)
  return builder.finish()
}

/**
 * The text of a history: JSON (a list of events, or an object with `history`), or JSONL, one event
 * a line. Empty lines are passed over.
 *
 * @throws HistoryError that names the line and what is wrong with it
 */
export function readHistoryText(text: string): {
  readonly table: TransactionTable
  /** What the object around the events says besides, if there is one. */
  readonly header: Readonly<Record<string, unknown>>
} {
  const start = text.search(/\S/)
  if (start < 0) throw new HistoryError('the history is empty')
  if (text[start] === '[')
    return { table: readEvents(parseWhole(text) as HistoryEvent[]), header: {} }
  const firstLine = text.slice(start, lineEnd(text, start))
  if (isEventLine(firstLine)) return { table: readLines(text), header: {} }
  const whole = parseWhole(text)
  if (typeof whole !== 'object' || whole === null) {
    throw new HistoryError('a history is a list of events, or an object around one')
  }
  const { history, ...header } = whole as Record<string, unknown>
  if (!Array.isArray(history)) {
    throw new HistoryError("the object has no list 'history' of events")
  }
  return { table: readEvents(history as HistoryEvent[]), header }
}

/** Whether a line is an event by itself, and not the beginning of an object over several. */
export function isEventLine(line: string): boolean {
  try {
    const parsed = JSON.parse(line) as Record<string, unknown>
    return !('history' in parsed)
  } catch {
    return line.includes('"type"') && !line.includes('"history"')
  }
}

function parseWhole(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new HistoryError(`not JSON: ${(cause as Error).message}`, { cause })
  }
}

function readLines(text: string): TransactionTable {
  const lines = new HistoryLines()
  for (let start = 0; start < text.length; ) {
    const end = lineEnd(text, start)
    lines.add(text.slice(start, end))
    start = end + 1
  }
  return lines.finish()
}

/** A history that comes line by line, one event a line, so that a file need not fit into memory. */
export class HistoryLines {
  readonly #builder = new TransactionTableBuilder('line')
  #number = 0

  /** @throws HistoryError that names the line and what is wrong with it */
  add(line: string): void {
    this.#number++
    const trimmed = line.trim()
    if (trimmed === '') return
    addEvent(this.#builder, parseLine(trimmed, this.#number), 'line', this.#number)
  }

  finish(): TransactionTable {
    return this.#builder.finish()
  }
}

function parseLine(line: string, number: number): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new HistoryError(`line ${number}: not JSON: ${(cause as Error).message}`, { cause })
  }
}

function addEvent(
  builder: TransactionTableBuilder,
  given: unknown,
  unit: 'line' | 'event',
  place: number,
): void {
  try {
    const event = checkEvent(given)
    if (event !== undefined) builder.add(event, place)
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error
    throw new HistoryError(`${unit} ${place}: ${error.message}`, { cause: error })
  }
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}
