import type { Document } from '../../../bson/index.ts'
import { ServerError } from '../../../engine/index.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import { types } from '../../fields.ts'
import type { Invocation } from '../../invocation.ts'

/**
 * Plans are chosen anew for every query, so there is nothing to forget.
 * Source: plan_cache_clear_command.cpp (8.0).
 */
export const planCacheClear = {
  name: 'planCacheClear',
  target: 'collection',
  secondaryAllowed: 'optIn',
  fields: {
    query: types.object,
    sort: types.object,
    projection: types.object,
    collation: types.object,
    planCacheKey: types.string,
  },
  countsAsCommand: true,
  profiledAs: 'command',
  run({ command }: Invocation): Document {
    const isOfOne = ['sort', 'projection', 'collation'].some((name) => command[name] !== undefined)
    if (isOfOne && command['query'] === undefined) {
      throw new ServerError('BadValue', 'sort, projection, or collation provided without query')
    }
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor
