import { type AbstractCursor, ChangeStream, type Document } from 'mongodb'
import { LeftOut } from '../outcome.ts'
import type { OperationsOf } from './table.ts'

export const cursorOperations: OperationsOf<'cursor'> = {
  async close(cursor, options) {
    try {
      await (cursor instanceof ChangeStream ? cursor.close() : cursor.close(options))
    } catch {
      // As the format has it: what killCursors answers is seen in the events.
    }
  },
  iterateOnce(cursor) {
    return cursor.tryNext()
  },
  iterateUntilDocumentOrError(cursor) {
    return cursor.next()
  },
}

interface WithCursor {
  readonly cursor: { cursorInit(): Promise<void> }
}

/** The driver opens a change stream when it is first read; tests want it open from the start. */
export async function openStream(stream: ChangeStream): Promise<ChangeStream> {
  const { cursor } = stream as unknown as Partial<WithCursor>
  if (cursor?.cursorInit === undefined) {
    throw new LeftOut('the driver has no way to open a change stream without reading it')
  }
  await cursor.cursorInit()
  return stream
}

/** Runs the command behind a cursor without moving it on. */
export async function openCursor<C extends AbstractCursor<Document>>(cursor: C): Promise<C> {
  await cursor.hasNext()
  return cursor
}
