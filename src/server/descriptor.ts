import type { Document } from '../bson/index.ts'
import type { ProfiledOp } from '../engine/index.ts'
import type { MaybeOperation } from '../sim/index.ts'
import type { FieldRules } from './fields.ts'
import type { Invocation } from './invocation.ts'

/**
 * What a command's first field names: a collection, nothing in particular, an open cursor, or what
 * a pipeline runs over, which may be no collection at all.
 */
export type Target = 'collection' | 'database' | 'cursor' | 'pipeline'

/** Where a command may run. Source: `AllowedOnSecondary`, commands.h (8.0). */
export type SecondaryAllowed = 'always' | 'optIn' | 'never'

/** One command: its name, what it accepts, where it may run, and what it does. */
export interface CommandDescriptor {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly target: Target
  /** Its own fields, beside those of the envelope. */
  readonly fields?: FieldRules
  readonly required?: readonly string[]
  /** Whether unknown fields are refused. Default: true. */
  readonly strict?: boolean
  /** Runs against `admin` only. */
  readonly adminOnly?: boolean
  /**
   * Where the node takes no writes: whether the command runs always, or for clients who ask for
   * secondaries by their read preference. Default: never.
   */
  readonly secondaryAllowed?: SecondaryAllowed
  /** Whether it runs on a node that is neither primary nor secondary. Default: true. */
  readonly maintenanceOk?: boolean
  readonly allowedInTransaction?: boolean
  /** commitTransaction or abortTransaction. */
  readonly endsTransaction?: boolean
  /** May carry a txnNumber without autocommit. */
  readonly isRetryableWrite?: boolean
  /** Part of the stable API, version 1. */
  readonly inApiVersion1?: boolean
  readonly supportsWriteConcern?: boolean
  /** Read concern levels beyond `local`. */
  readonly readConcernLevels?: readonly string[]
  /**
   * Whether it counts as opcounters.command. Writes, queries and getMores have counters of their
   * own.
   */
  readonly countsAsCommand?: boolean
  /** Ends early when its client goes away. */
  readonly endsWithClient?: boolean
  /** How the profiler names it; undefined for what it never records as a whole. */
  readonly profiledAs?: ProfiledOp
  /**
   * Whether it takes intents to write, and so waits for its write concern even if nothing changed.
   */
  readonly writes?: boolean
  /** create and createIndexes, which a transaction allows at the default read concern only. */
  readonly creates?: boolean
  /** Session fields are refused, as they are for what runs before authentication. */
  readonly beforeAuthentication?: boolean
  /**
   * Runs it. Everything the envelope says has been checked and applied.
   *
   * @returns the whole reply, `ok: 1` included
   * @throws ServerError for a reply with `ok: 0`
   */
  run(invocation: Invocation): MaybeOperation<Document>
}
