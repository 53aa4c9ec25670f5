import type { Engine } from '../../engine/index.ts'
import type { Sessions } from './catalog.ts'
import { endSessions } from './killing.ts'
import { PassiveJob } from './passive_job.ts'

/**
 * Forgets sessions that nobody used for `localLogicalSessionTimeoutMinutes`, with their
 * transactions and cursors, and cursors without a session that nobody read for
 * `cursorTimeoutMillis`. Source: logical_session_cache_impl.cpp, clientcursor.cpp (8.0). Both are
 * passive: an idle simulator does not age.
 */
export function startReapers(engine: Engine, sessions: Sessions): void {
  const { clock, parameters } = engine.services
  const refreshUs = () => parameters.get('logicalSessionRefreshMillis') * 1000
  new PassiveJob(clock, refreshUs, () => reapSessions(engine, sessions))
  const monitorUs = () => parameters.get('clientCursorMonitorFrequencySecs') * 1_000_000
  new PassiveJob(clock, monitorUs, () =>
    engine.cursors.killIdle(parameters.get('cursorTimeoutMillis')),
  )
}

function reapSessions(engine: Engine, sessions: Sessions): void {
  const { clock, parameters } = engine.services
  const minutes = parameters.get('localLogicalSessionTimeoutMinutes')
  const limitUs = clock.nowUs() - minutes * 60_000_000
  const idle = [...sessions.all()].filter(
    (session) => session.isFree && session.lastUsedUs < limitUs,
  )
  if (idle.length > 0) endSessions(engine, sessions, idle, [])
  reapRecords(engine, sessions)
}

/**
 * What sessions left in `config.transactions` goes once they are forgotten, and it is older than
 * TransactionRecordMinimumLifetimeMinutes. From then on a retry is applied again.
 * Source: `reapSessionsOlderThan`, session_catalog_mongod.cpp (8.0).
 */
function reapRecords(engine: Engine, sessions: Sessions): void {
  const { clock, parameters, sessionRecords } = engine.services
  const minutes = parameters.get('TransactionRecordMinimumLifetimeMinutes')
  let alive: Set<string> | undefined
  sessionRecords.reap(clock.now() - minutes * 60_000, (key) => {
    alive ??= new Set([...sessions.all()].map(({ participant }) => participant.history.key))
    return !alive.has(key)
  })
}
