import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import {
  HistoryLines,
  isEventLine,
  readHistoryText,
  type TransactionTable,
} from '../../check/index.ts'
import { UsageError } from '../command.ts'

export interface ReadHistory {
  readonly table: TransactionTable
  /** What the object around the events says besides, such as its model. */
  readonly header: Readonly<Record<string, unknown>>
}

const CHUNK_BYTES = 1 << 22

/**
 * Reads a history: as a whole where it is one JSON value, line by line where each line is an event.
 *
 * @throws UsageError where the file can't be opened; HistoryError that names the line that is wrong
 */
export function readHistoryFile(path: string, onProgress: (text: string) => void): ReadHistory {
  const file = open(path)
  try {
    const chunks = chunksOf(file, onProgress)
    const first = chunks.next().value ?? ''
    if (!isLines(first)) {
      let text = first
      for (const chunk of chunks) text += chunk
      return readHistoryText(text)
    }
    const lines = new HistoryLines()
    let rest = addLines(first, lines)
    for (const chunk of chunks) rest = addLines(rest + chunk, lines)
    lines.add(rest)
    return { table: lines.finish(), header: {} }
  } finally {
    closeSync(file)
  }
}

/** @throws UsageError where there is no such file */
function open(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (cause) {
    throw new UsageError(`check: ${(cause as Error).message}`, { cause })
  }
}

function* chunksOf(file: number, onProgress: (text: string) => void): Generator<string> {
  const { size } = fstatSync(file)
  const decoder = new StringDecoder('utf8')
  const buffer = Buffer.alloc(CHUNK_BYTES)
  let read = 0
  for (;;) {
    const bytes = readSync(file, buffer)
    if (bytes === 0) break
    read += bytes
    if (size > 0) onProgress(`reading: ${Math.floor((read / size) * 100)} %`)
    yield decoder.write(buffer.subarray(0, bytes))
  }
  const left = decoder.end()
  if (left !== '') yield left
}

/** Whether a file's first line is an event by itself. */
function isLines(text: string): boolean {
  const line = text.trimStart().split('\n', 1)[0]!
  return line.startsWith('{') && isEventLine(line)
}

/** @returns what follows the last end of a line */
function addLines(text: string, lines: HistoryLines): string {
  let start = 0
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    lines.add(text.slice(start, end))
    start = end + 1
  }
  return text.slice(start)
}
