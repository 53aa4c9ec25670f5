/**
 * What kinds of operations there are, as far as trying again is concerned. A command's name and
 * shape say it, except for commands of the caller's own, which are sent as they are.
 * Sources: specifications, retryable-writes, retryable-reads, client-backpressure.
 */
import type { Document } from 'bson'

export type OperationKind =
  /** Single-document writes: by a transaction number a second attempt is known as one. */
  | 'retryableWrite'
  /** Other writes: more than one document to a statement, the catalog, `$out` and `$merge`. */
  | 'write'
  | 'retryableRead'
  /** `getMore`: belongs to the server that has the cursor. */
  | 'getMore'
  | 'commit'
  | 'abort'
  /** A command of the caller's own. */
  | 'command'
  /** What nobody waits for: `killCursors`, `endSessions`. */
  | 'silent'

const BY_NAME: ReadonlyMap<string, OperationKind> = new Map<string, OperationKind>([
  ...[
    'find',
    'aggregate',
    'count',
    'distinct',
    'listCollections',
    'listDatabases',
    'listIndexes',
  ].map((name) => [name, 'retryableRead'] as const),
  ...['insert', 'update', 'delete', 'findAndModify', 'bulkWrite'].map(
    (name) => [name, 'retryableWrite'] as const,
  ),
  ...['create', 'createIndexes', 'drop', 'dropDatabase', 'dropIndexes', 'renameCollection'].map(
    (name) => [name, 'write'] as const,
  ),
  ['getMore', 'getMore'],
  ['commitTransaction', 'commit'],
  ['abortTransaction', 'abort'],
  ['killCursors', 'silent'],
  ['endSessions', 'silent'],
])

/** The kind of a command that a method of the client's has built. */
export function kindOf(command: Document): OperationKind {
  for (const name in command) {
    const kind = BY_NAME.get(name) ?? 'command'
    if (name === 'explain')
      return kindOf(command['explain']) === 'retryableRead' ? 'retryableRead' : 'command'
    if (kind === 'retryableWrite') return isSingle(name, command) ? kind : 'write'
    return name === 'aggregate' && writes(command['pipeline']) ? 'write' : kind
  }
  return 'command'
}

/** Whether each statement is about one document at most. */
function isSingle(name: string, command: Document): boolean {
  switch (name) {
    case 'update':
      return !(command['updates'] as readonly Document[]).some(({ multi }) => multi === true)
    case 'delete':
      return !(command['deletes'] as readonly Document[]).some(({ limit }) => limit === 0)
    case 'bulkWrite':
      return !(command['ops'] as readonly Document[]).some(({ multi }) => multi === true)
    default:
      return true
  }
}

/** Whether a write is one statement: it was done, or it was not. */
export function isOneStatement(command: Document): boolean {
  const statements =
    command['documents'] ?? command['updates'] ?? command['deletes'] ?? command['ops']
  return statements === undefined || statements.length === 1
}

function writes(pipeline: unknown): boolean {
  if (!Array.isArray(pipeline)) return false
  const last: unknown = pipeline.at(-1)
  return typeof last === 'object' && last !== null && ('$out' in last || '$merge' in last)
}
