/**
 * What the Node.js driver 7.9 is known not to do as the specifications say. A test is left out for
 * such a reason only after it was run and failed in just this way, so nothing hides behind it. Most
 * of them are skipped by the driver's own tests as well; the ticket is the driver's.
 */
import type { TestCase, TestFile } from './format.ts'
import { isDocument } from './match/values.ts'

interface KnownLimit {
  /** Part of the descriptions of the tests. */
  readonly test: string
  /** What their failure looks like. */
  readonly failure: RegExp
  readonly reason: string
}

const LIMITS: readonly KnownLimit[] = [
  {
    test: 'inserting _id with type null',
    failure: /^countDocuments should be 1, and is 0/,
    reason: 'the driver gives an _id to a document whose _id is null (NODE-6468)',
  },
  {
    test: 'partialResult is unset when',
    failure: /result\.insertedCount should not be: 0/,
    reason: 'the error of client.bulkWrite always has a partial result (NODE-6384)',
  },
  {
    test: 'passes bypassDocumentValidation: false',
    failure: /command\.bypassDocumentValidation is missing/,
    reason: 'the driver does not send bypassDocumentValidation: false (NODE-6484)',
  },
  {
    test: 'client bulkWrite with writeConcern in a transaction causes a transaction error',
    failure: /^clientBulkWrite should have failed/,
    reason: 'client.bulkWrite drops a write concern in a transaction (NODE-5924)',
  },
  {
    test: 'operationId',
    failure: /operationId should be of type int or long, and is nothing/,
    reason: 'log messages of the driver have no operationId',
  },
  ...['A successful operation', 'Failure due to unreachable server'].map((test) => ({
    test,
    failure: /data\.operation should be "insert", and is "handshake"/,
    reason: 'the driver selects a server as it connects (NODE-2471)',
  })),
  {
    test: 'timeoutMS is refreshed for getMore - failure',
    failure: /^iterateUntilDocumentOrError should have failed/,
    reason: 'the driver ignores timeoutMS: "deprecated, has no effect"',
  },
  {
    test: 'waitQueue',
    failure: /option waitqueuesize is not supported/,
    reason: 'the driver has no waitQueueSize and no waitQueueMultiple',
  },
  {
    test: 'Topology lifecycle',
    failure:
      /should be (a topologyDescriptionChangedEvent, and is topologyClosedEvent|"Topology description changed", and is "Stopped topology monitoring")/,
    reason: 'the driver announces no change as it closes (NODE-5723)',
  },
  {
    test: 'download when final chunk is missing',
    failure: /^download should have failed/,
    reason: 'GridFS does not see that the last chunk of a file is missing',
  },
  {
    test: 'is not redacted',
    failure: /data\.failure should not be redacted: "\(redacted\)"/,
    reason: 'the driver redacts network errors of sensitive commands, too',
  },
  ...[
    'Topology lifecycle',
    'Successful heartbeat',
    'A successful operation',
    'Server selection fails due to unsatisfiable read preference',
  ].map((test) => ({
    test,
    failure: /^waited for [34] \{"(topologyDescriptionChanged|serverHeartbeatSucceeded)Event":\{\}/,
    reason: 'the test counts the members of a set of three',
  })),
  {
    test: 'Rediscover quickly after replSetStepDown',
    failure: /Server selection timed out/,
    reason: 'runs a command on a secondary, which a set of one member has not',
  },
]

export const IGNORES_TIMEOUT_MS = 'the driver ignores timeoutMS: "deprecated, has no effect"'

/** Why a failure is the driver's own; undefined where it is not known to be. */
export function knownLimit(file: TestFile, test: TestCase, failure: string): string | undefined {
  const { description } = test
  const known = LIMITS.find((one) => description.includes(one.test) && one.failure.test(failure))
  if (known !== undefined) return known.reason
  return usesTimeoutMS(file, test) ? IGNORES_TIMEOUT_MS : undefined
}

/** Whether a test wants a client, a session or an operation to keep a limit of time. */
export function usesTimeoutMS({ createEntities }: TestFile, { operations }: TestCase): boolean {
  return [createEntities, operations].some(namesTimeoutMS)
}

const NAMES: ReadonlySet<string> = new Set(['timeoutMS', 'defaultTimeoutMS', 'timeoutMode'])

function namesTimeoutMS(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(namesTimeoutMS)
  if (!isDocument(value)) return false
  // Here it is the runner's own.
  if (value['name'] === 'waitForPrimaryChange') return false
  return Object.entries(value).some(([name, item]) => NAMES.has(name) || namesTimeoutMS(item))
}
