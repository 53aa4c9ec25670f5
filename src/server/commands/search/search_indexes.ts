import type { CommandDescriptor } from '../../descriptor.ts'
import { types } from '../../fields.ts'
import { INDEX_COMMANDS, searchNotEnabled } from './not_enabled.ts'

/** Its fields are checked, and then it is refused. Source: search_index_commands.cpp (8.0). */
const refused = {
  target: 'collection',
  countsAsCommand: true,
  profiledAs: 'command',
  run(): never {
    throw searchNotEnabled(INDEX_COMMANDS)
  },
} as const

const which = { id: types.string, name: types.string }

export const createSearchIndexes = {
  ...refused,
  name: 'createSearchIndexes',
  fields: { indexes: types.array },
  required: ['indexes'],
} as const satisfies CommandDescriptor

export const updateSearchIndex = {
  ...refused,
  name: 'updateSearchIndex',
  fields: { ...which, definition: types.object },
  required: ['definition'],
} as const satisfies CommandDescriptor

export const dropSearchIndex = {
  ...refused,
  name: 'dropSearchIndex',
  fields: which,
} as const satisfies CommandDescriptor

export const listSearchIndexes = {
  ...refused,
  name: 'listSearchIndexes',
  secondaryAllowed: 'optIn',
  fields: which,
} as const satisfies CommandDescriptor
