import { ServerError } from '../../../engine/index.ts'

const ADVICE =
  'requires additional configuration. Please connect to Atlas or an AtlasCLI local deployment to ' +
  'enable. For more information on how to connect, see ' +
  'https://dochub.mongodb.org/core/atlas-cli-deploy-local-reqs.'

/**
 * What a server without a search node answers to whatever is about search indexes.
 * Source: search_index_helpers.cpp, document_source_internal_search_mongot_remote.cpp (8.0).
 */
export function searchNotEnabled(about: string): ServerError {
  return new ServerError('SearchNotEnabled', `Using ${about} ${ADVICE}`)
}

/** The commands, and the stage that lists. */
export const INDEX_COMMANDS =
  'Atlas Search Database Commands and the $listSearchIndexes aggregation stage'

/** The stages that search. */
export const SEARCH_STAGES = '$search and $vectorSearch aggregation stages'
