import { abortKeepsOne, conflictWithoutAbort, expiryThatCommits, partialCommit } from './ending.ts'
import type { Mutant } from './mutant.ts'
import {
  dirtyRead,
  forgetsOpenWriters,
  lateSnapshot,
  lostTombstone,
  nonRepeatableRead,
  ownWritesInvisible,
  staleIndexEntry,
} from './reading.ts'
import {
  blindToCommitted,
  blindToOpen,
  lostDelete,
  noConflictCheck,
  uncheckedUnique,
} from './writing.ts'

export const MUTANTS: readonly Mutant[] = [
  dirtyRead,
  forgetsOpenWriters,
  lateSnapshot,
  nonRepeatableRead,
  ownWritesInvisible,
  lostTombstone,
  staleIndexEntry,
  noConflictCheck,
  blindToCommitted,
  blindToOpen,
  lostDelete,
  uncheckedUnique,
  conflictWithoutAbort,
  partialCommit,
  abortKeepsOne,
  expiryThatCommits,
]
