/**
 * The unified test format of the driver specifications, as far as the runner reads it
 * (mongodb/specifications, source/unified-test-format). A file describes entities, such as clients
 * and sessions, and test cases: operations on these, and what results, events and data must be.
 */
import type { Document } from 'mongodb'

/** One JSON file. */
export interface TestFile {
  readonly description: string
  /** `major.minor[.patch]` */
  readonly schemaVersion: string
  readonly runOnRequirements?: readonly Requirement[]
  readonly createEntities?: readonly EntityDescription[]
  readonly initialData?: readonly CollectionData[]
  readonly tests: readonly TestCase[]
}

/** What a deployment must be like for a file or a test to apply; any one of several will do. */
export interface Requirement {
  readonly minServerVersion?: string
  readonly maxServerVersion?: string
  readonly topologies?: readonly string[]
  readonly serverParameters?: Document
  readonly auth?: boolean
  readonly authMechanism?: string
  readonly csfle?: boolean | Document
  readonly serverless?: 'require' | 'forbid' | 'allow'
}

/** One key, the kind of entity, and its description. */
export type EntityDescription = Readonly<Record<string, Document>>

export interface CollectionData {
  readonly databaseName: string
  readonly collectionName: string
  readonly createOptions?: Document
  readonly documents: readonly Document[]
}

export interface TestCase {
  readonly description: string
  readonly skipReason?: string
  readonly runOnRequirements?: readonly Requirement[]
  readonly operations: readonly Operation[]
  readonly expectEvents?: readonly ExpectedEvents[]
  readonly expectLogMessages?: readonly ExpectedLog[]
  readonly expectTracingMessages?: unknown
  readonly outcome?: readonly CollectionData[]
}

export interface Operation {
  readonly name: string
  /** The name of an entity, or `testRunner`. */
  readonly object: string
  readonly arguments?: Document
  readonly ignoreResultAndError?: boolean
  readonly expectError?: ExpectedError
  readonly expectResult?: unknown
  readonly saveResultAsEntity?: string
}

export interface ExpectedError {
  readonly isError?: boolean
  readonly isClientError?: boolean
  readonly isTimeoutError?: boolean
  readonly errorContains?: string
  readonly errorCode?: number
  readonly errorCodeName?: string
  readonly errorLabelsContain?: readonly string[]
  readonly errorLabelsOmit?: readonly string[]
  readonly writeErrors?: Document
  readonly writeConcernErrors?: readonly Document[]
  readonly errorResponse?: Document
  readonly expectResult?: unknown
}

/** One key, the type of the event, and what its fields must be. */
export type ExpectedEvent = Readonly<Record<string, Document>>

export interface ExpectedEvents {
  readonly client: string
  readonly eventType?: 'command' | 'cmap' | 'sdam'
  readonly events: readonly ExpectedEvent[]
  readonly ignoreExtraEvents?: boolean
}

export interface ExpectedLog {
  readonly client: string
  readonly messages: readonly ExpectedMessage[]
  readonly ignoreMessages?: readonly ExpectedMessage[]
  readonly ignoreExtraMessages?: boolean
}

export interface ExpectedMessage {
  readonly level: string
  readonly component: string
  readonly failureIsRedacted?: boolean
  readonly data: Document
}

/** Newest version of the format that the runner knows. */
const NEWEST_MINOR = 28

/** Whether files of this version may be run: same major, and no newer minor. */
export function knowsSchema(version: string): boolean {
  const [major, minor = 0] = version.split('.').map(Number)
  return major === 1 && minor <= NEWEST_MINOR
}

/** `8.0` against `8.0.4`: negative, zero or positive; what is left out is zero. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number)
  const right = b.split('.').map(Number)
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
