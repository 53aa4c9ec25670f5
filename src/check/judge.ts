import type { Finding } from './anomalies/anomaly.ts'
import { ANOMALIES, type AnomalyType } from './anomalies/table.ts'
import type { Cycle, TimeOrder } from './cycles/cycle.ts'
import { type CycleReport, findCycles } from './cycles/find.ts'
import { GraphBuilder } from './graph/dependency_graph.ts'
import { addProcessEdges, addRealtimeEdges } from './graph/time_edges.ts'
import type { TransactionTable } from './history/transaction_table.ts'
import { type Level, levelsWithout } from './levels.ts'
import type { Interpretation } from './models/model.ts'

/** What there is to say of a history, before it is put into words. */
export interface Judgement {
  readonly levels: Readonly<Record<Level, boolean>>
  readonly findings: readonly Finding[]
  readonly cycles: readonly { readonly type: AnomalyType; readonly cycle: Cycle }[]
}

const TIMES: readonly TimeOrder[] = ['none', 'process', 'realtime']

/** What a cycle rules out that violates snapshot isolation, or serializability alone. */
const RULED_OUT: Readonly<Record<TimeOrder, { snapshots: Level; serializability: Level }>> = {
  none: { snapshots: 'snapshot-isolation', serializability: 'serializable' },
  process: {
    snapshots: 'strong-session-snapshot-isolation',
    serializability: 'strong-session-serializable',
  },
  realtime: { snapshots: 'strong-snapshot-isolation', serializability: 'strict-serializable' },
}

/**
 * Judges a history by its interpretation.
 *
 * @param realtimeKnown whether the order of events is real time, or of each process only
 */
export function judge(
  table: TransactionTable,
  interpretation: Interpretation,
  realtimeKnown: boolean,
): Judgement {
  const takesPart = (transaction: number) => interpretation.takesPart[transaction] === 1
  const builder = new GraphBuilder(table.count)
  interpretation.addEdges(builder)
  addProcessEdges(table, takesPart, builder)
  if (realtimeKnown) addRealtimeEdges(table, takesPart, builder)
  const graph = builder.finish()

  const ruledOut = new Set<Level>()
  for (const { type } of interpretation.findings) note(type, ruledOut)
  const cycles: { type: AnomalyType; cycle: Cycle }[] = []
  // Without a cycle under the strictest order of time there is none under a weaker one.
  const strictest = findCycles(graph, realtimeKnown ? 'realtime' : 'process')
  if (strictest.violatesSerializability) {
    for (const time of realtimeKnown ? TIMES : TIMES.slice(0, 2)) {
      const report = time === strictest.time ? strictest : findCycles(graph, time)
      collect(report, ruledOut, cycles)
    }
  }
  return { levels: levelsWithout(ruledOut), findings: interpretation.findings, cycles }
}

function collect(
  report: CycleReport,
  ruledOut: Set<Level>,
  cycles: { type: AnomalyType; cycle: Cycle }[],
): void {
  const { time } = report
  if (report.violatesSerializability) ruledOut.add(RULED_OUT[time].serializability)
  if (report.violatesSnapshots) ruledOut.add(RULED_OUT[time].snapshots)
  for (const { type, cycle } of report.cycles) {
    const named: AnomalyType = time === 'none' ? type : `${type}-${time}`
    note(named, ruledOut)
    cycles.push({ type: named, cycle })
  }
}

function note(type: AnomalyType, ruledOut: Set<Level>): void {
  for (const level of ANOMALIES[type].rulesOut) ruledOut.add(level)
}
