import type { StageDescriptor } from '../../../engine/index.ts'
import { INDEX_COMMANDS, SEARCH_STAGES, searchNotEnabled } from '../search/not_enabled.ts'

const refused = (name: string, about: string): StageDescriptor => ({
  name,
  parse(): never {
    throw searchNotEnabled(about)
  },
})

/** The stages that need a search node. */
export const searchStages: readonly StageDescriptor[] = [
  refused('$listSearchIndexes', INDEX_COMMANDS),
  refused('$search', SEARCH_STAGES),
  refused('$searchMeta', SEARCH_STAGES),
  refused('$vectorSearch', SEARCH_STAGES),
]
