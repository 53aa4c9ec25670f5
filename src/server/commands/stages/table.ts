import type { StageDescriptor } from '../../../engine/index.ts'
import type { Invocation } from '../../invocation.ts'
import { changeStreamStage } from './change_stream.ts'
import { collStatsStage } from './coll_stats.ts'
import { currentOpStage } from './current_op.ts'
import { indexStatsStage } from './index_stats.ts'
import { listLocalSessionsStage } from './list_local_sessions.ts'
import { planCacheStatsStage } from './plan_cache_stats.ts'
import { searchStages } from './search.ts'

const MAKERS: readonly ((invocation: Invocation) => StageDescriptor)[] = [
  changeStreamStage,
  collStatsStage,
  currentOpStage,
  indexStatsStage,
  listLocalSessionsStage,
  planCacheStatsStage,
]

/** The stages that ask the server, for one command. */
export function serverStages(invocation: Invocation): ReadonlyMap<string, StageDescriptor> {
  const made = MAKERS.map((make) => make(invocation))
  return new Map([...made, ...searchStages].map((descriptor) => [descriptor.name, descriptor]))
}
