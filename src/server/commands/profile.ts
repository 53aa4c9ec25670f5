import {
  type Document,
  isDocument,
  isNumeric,
  numberToDouble,
  typeNameOf,
} from '../../bson/index.ts'
import { type ProfileLevel, ServerError } from '../../engine/index.ts'
import { int64 } from '../count.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'

const NOTE =
  'When a filter expression is set, slowms and sampleRate are not used for profiling and slow-query log lines.'

/**
 * Source: profile.idl, profile_common.cpp (8.0). The reply has the settings as they were before.
 */
export const profile = {
  name: 'profile',
  target: 'database',
  secondaryAllowed: 'always',
  fields: { slowms: types.safeInt, sampleRate: types.safeDouble, filter: types.any },
  countsAsCommand: true,
  run({ command, ns, server }: Invocation): Document {
    const { profiling } = server
    const level = levelOf(command['profile'])
    const { slowms, sampleRate, filter } = command
    const rate = sampleRate === undefined ? undefined : rateOf(sampleRate)
    const newFilter = filter === undefined ? undefined : filterOf(filter)
    const before = profiling.of(ns.db)
    const reply: Document = {
      was: before.level,
      slowms: int64(profiling.slowMs),
      sampleRate: profiling.sampleRate,
    }
    if (before.filter !== undefined) reply['filter'] = before.filter.filter
    if (before.filter !== undefined || filter !== undefined) reply['note'] = NOTE
    // The filter first: it may be refused, and then nothing has changed.
    if (newFilter !== undefined) profiling.setFilter(ns.db, newFilter.filter)
    if (level !== undefined) profiling.setLevel(ns.db, level)
    if (slowms !== undefined) profiling.slowMs = Math.trunc(numberToDouble(slowms))
    if (rate !== undefined) profiling.sampleRate = rate
    reply['ok'] = 1
    return reply
  },
} as const satisfies CommandDescriptor

/** Anything but 0, 1 and 2 only asks. */
function levelOf(given: unknown): ProfileLevel | undefined {
  if (!isNumeric(given)) {
    throw new ServerError(
      'TypeMismatch',
      `BSON field 'profile.profile' is the wrong type '${typeNameOf(given)}', expected types '[long, int, decimal, double]'`,
    )
  }
  const level = Math.trunc(numberToDouble(given))
  return level === 0 || level === 1 || level === 2 ? level : undefined
}

function rateOf(given: unknown): number {
  const rate = numberToDouble(given)
  if (rate >= 0 && rate <= 1) return rate
  throw new ServerError('BadValue', "'sampleRate' must be between 0.0 and 1.0 inclusive")
}

function filterOf(given: unknown): { readonly filter: Document | undefined } {
  if (given === 'unset') return { filter: undefined }
  if (isDocument(given)) return { filter: given }
  throw new ServerError('BadValue', "Expected an object, or the string 'unset'.")
}
