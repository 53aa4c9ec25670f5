import { EJSON } from 'bson'
import type { Document } from '../bson/index.ts'

/** One line of the log, without its time. */
export interface LogLine {
  /** Fatal, error, warning, information. */
  readonly severity: 'F' | 'E' | 'W' | 'I'
  readonly component: 'CONTROL' | 'NETWORK' | 'STORAGE' | 'REPL' | 'ELECTION' | 'COMMAND' | 'ACCESS'
  /** The server's number of this message; it is the same in every version. */
  readonly id: number
  /** The thread that would have said it. */
  readonly context: string
  readonly message: string
  readonly attributes?: Document
  readonly tags?: readonly string[]
}

const COMPONENT_COLUMNS = 12
const ID_COLUMNS = 9

/**
 * A line as the server writes it: JSON, with its first fields in columns. Source:
 * json_formatter.cpp (8.0).
 *
 * @param atMs milliseconds since the epoch
 */
export function logText(line: LogLine, atMs: number): string {
  const at = new Date(atMs).toISOString().replace('Z', '+00:00')
  const component = `"${line.component}",`.padEnd(COMPONENT_COLUMNS)
  const id = `${line.id},`.padEnd(ID_COLUMNS)
  const attributes =
    line.attributes === undefined
      ? ''
      : `,"attr":${EJSON.stringify(line.attributes, { relaxed: true })}`
  const tags = line.tags === undefined ? '' : `,"tags":${JSON.stringify(line.tags)}`
  return (
    `{"t":{"$date":"${at}"},"s":"${line.severity}",  "c":${component}"id":${id}` +
    `"ctx":${JSON.stringify(line.context)},"msg":${JSON.stringify(line.message)}${attributes}${tags}}`
  )
}
