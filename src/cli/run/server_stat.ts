/** One look at a server by `serverStatus`, and what happened between two of them. */
export interface StatusClient {
  db(name: string): { command(command: object): Promise<Record<string, unknown>> }
}

const OPERATIONS = ['insert', 'query', 'update', 'delete', 'getmore', 'command'] as const

/** Counters, and by which path `serverStatus` has them. */
const COUNTERS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(OPERATIONS.map((name) => [name, ['opcounters', name]])),
  conflicts: ['metrics', 'operation', 'writeConflicts'],
  commits: ['transactions', 'totalCommitted'],
  aborts: ['transactions', 'totalAborted'],
}

/** What is so at the moment. */
const GAUGES: Readonly<Record<string, readonly string[]>> = {
  open: ['transactions', 'currentOpen'],
  conn: ['connections', 'current'],
}

export const STAT_COLUMNS: readonly string[] = [...Object.keys(COUNTERS), ...Object.keys(GAUGES)]

export type Status = Readonly<Record<string, unknown>>

export function readStatus(client: StatusClient): Promise<Status> {
  return client.db('admin').command({ serverStatus: 1 })
}

/** By column: counters a second, gauges as they are now. */
export function statRow(before: Status, now: Status, seconds: number): readonly number[] {
  const rates = Object.values(COUNTERS).map((path) =>
    Math.round((numberAt(now, path) - numberAt(before, path)) / seconds),
  )
  return [...rates, ...Object.values(GAUGES).map((path) => numberAt(now, path))]
}

/** Other servers may lack a section: that is nothing. */
function numberAt(status: Status, path: readonly string[]): number {
  let at: unknown = status
  for (const name of path) at = Object(at)[name]
  const number = Number(at ?? 0)
  return Number.isFinite(number) ? number : 0
}
