/** Whether the events that were observed are those that a test expects. */
import type { Document } from 'mongodb'
import type { ObservedEvent } from '../event_log.ts'
import type { ExpectedEvent, ExpectedEvents } from '../format.ts'
import { differenceButForWays } from './driver_ways.ts'
import { difference } from './match.ts'
import type { Difference, MatchScope } from './operators.ts'
import { numberOf, show } from './values.ts'

type FieldCheck = (
  expected: unknown,
  event: Document,
  path: string,
  scope: MatchScope,
) => Difference

const isEqual =
  (field: string): FieldCheck =>
  (expected, event, path) =>
    expected === event[field]
      ? undefined
      : `${path}.${field} should be ${show(expected)}, and is ${show(event[field])}`

const isThere =
  (field: string, isGiven: (value: unknown) => boolean): FieldCheck =>
  (expected, event, path) =>
    isGiven(event[field]) === expected
      ? undefined
      : `${path}.${field} should ${expected === true ? '' : 'not '}be there`

/** A description of a server or of the topology: only its type is compared. */
const hasType =
  (field: string): FieldCheck =>
  (expected, event, path) => {
    const wanted = (expected as Document)['type']
    const given = event[field]?.['type']
    if (wanted === undefined || wanted === given) return undefined
    return `${path}.${field}.type should be ${wanted}, and is ${given}`
  }

const FIELDS: Readonly<Record<string, FieldCheck>> = {
  command: (expected, event, path, scope) =>
    differenceButForWays('command', expected, event['command'], { scope, path: `${path}.command` }),
  reply: (expected, event, path, scope) =>
    difference(expected, event['reply'], { scope, path: `${path}.reply` }),
  commandName: isEqual('commandName'),
  databaseName: isEqual('databaseName'),
  reason: isEqual('reason'),
  interruptInUseConnections: isEqual('interruptInUseConnections'),
  awaited: isEqual('awaited'),
  hasServiceId: isThere('serviceId', (id) => id !== undefined && id !== null),
  hasServerConnectionId: isThere('serverConnectionId', (id) => (numberOf(id) ?? 0) > 0),
  previousDescription: hasType('previousDescription'),
  newDescription: hasType('newDescription'),
}

/** @throws Error for a field that no event has */
export function eventDiffers(
  expected: ExpectedEvent,
  observed: ObservedEvent | undefined,
  scope: MatchScope,
  path: string,
): Difference {
  const [type = '', fields = {}] = Object.entries(expected)[0] ?? []
  if (observed?.type !== type) {
    return `${path} should be a ${type}, and is ${observed === undefined ? 'nothing' : named(observed)}`
  }
  for (const [name, value] of Object.entries(fields)) {
    const check = FIELDS[name]
    if (check === undefined) throw new Error(`no event has a field '${name}'`)
    const found = check(value, observed.event, path, scope)
    if (found !== undefined) return found
  }
  return undefined
}

/** In their order, one by one, and no others unless the test says so. */
export function eventsDiffer(
  expected: ExpectedEvents,
  observed: readonly ObservedEvent[],
  scope: MatchScope,
): Difference {
  for (const [i, event] of expected.events.entries()) {
    const found = eventDiffers(event, observed[i], scope, `events[${i}]`)
    if (found !== undefined) return `${found}; events: ${observed.map(named).join(', ')}`
  }
  const extra = observed.slice(expected.events.length)
  if (expected.ignoreExtraEvents === true || extra.length === 0) return undefined
  return `more events than expected: ${extra.map(named).join(', ')}`
}

/** How many of them match. */
export function countEvents(
  expected: ExpectedEvent,
  observed: readonly ObservedEvent[],
  scope: MatchScope,
): number {
  return observed.filter((event) => eventDiffers(expected, event, scope, '') === undefined).length
}

function named({ type, event }: ObservedEvent): string {
  const { commandName } = event
  return commandName === undefined ? type : `${type}(${commandName})`
}
