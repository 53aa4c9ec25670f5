import type { Finding } from './anomalies/anomaly.ts'
import { ANOMALIES, type AnomalyType } from './anomalies/table.ts'
import { type Cycle, namedAfter } from './cycles/cycle.ts'
import { type CycleReport, findCycles } from './cycles/find.ts'
import { cyclicComponents, stronglyConnectedComponents } from './graph/components.ts'
import { type DependencyGraph, GraphBuilder } from './graph/dependency_graph.ts'
import type { TimeOrder } from './graph/edges.ts'
import { ANY_KIND, Edge } from './graph/edges.ts'
import { withoutMarks } from './graph/subgraph.ts'
import { addProcessEdges, addRealtimeEdges } from './graph/time_edges.ts'
import type { TransactionTable } from './history/transaction_table.ts'
import { type Level, levelsWithout } from './levels.ts'
import type { Interpretation } from './models/model.ts'

/** What there is to say of a history, before it is put into words. */
export interface Judgement {
  readonly levels: Readonly<Record<Level, boolean>>
  readonly findings: readonly Finding[]
  readonly cycles: readonly { readonly type: AnomalyType; readonly cycle: Cycle }[]
  /** Whether no violation can hide in what is not known. */
  readonly complete: boolean
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
  for (const { type, assumed = 'none' } of interpretation.findings) {
    if (assumed === 'none') note(type, ruledOut)
    else ruledOut.add(RULED_OUT[assumed].snapshots)
  }
  const cycles: { type: AnomalyType; cycle: Cycle }[] = []
  // Without a cycle under the strictest order of time there is none under a weaker one.
  const times = realtimeKnown ? TIMES : TIMES.slice(0, 2)
  const strictest = findCycles(graph, times.at(-1)!)
  if (strictest.violatesSerializability) {
    for (const time of times) {
      const report = time === strictest.time ? strictest : findCycles(graph, time)
      collect(report, ruledOut, cycles)
    }
  }
  // Repeatable read asks of items what serializability asks of predicates as well.
  if (ruledOut.has('serializable')) {
    const ofItems = withoutMarks(graph, Edge.predicate)
    if (findCycles(ofItems, 'none').violatesSerializability) ruledOut.add('repeatable-read')
  }
  const findings = [...interpretation.findings]
  if (ruledOut.has('strong-session-snapshot-isolation')) {
    findMissedCauses(graph, interpretation, ruledOut, findings)
  }
  const complete = interpretation.complete || decide(interpretation, times, ruledOut, findings)
  return { levels: levelsWithout(ruledOut), findings, cycles, complete }
}

/**
 * Asks the search what the edges did not decide, the strongest level first: where that holds, all
 * weaker ones do.
 *
 * @returns whether it had an answer to everything
 */
function decide(
  { decision }: Interpretation,
  times: readonly TimeOrder[],
  ruledOut: Set<Level>,
  findings: Finding[],
): boolean {
  if (decision === undefined) return false
  const asked = [
    { ask: (time: TimeOrder) => decision.isSerializable(time), of: 'serializability' },
    { ask: (time: TimeOrder) => decision.hasSnapshots(time), of: 'snapshots' },
  ] as const
  let complete = true
  for (const { ask, of } of asked) {
    for (const time of times.toReversed()) {
      const level = RULED_OUT[time][of]
      if (!levelsWithout(ruledOut)[level]) continue
      const holds = ask(time)
      if (holds === true) break
      if (holds === undefined) complete = false
      else rule(level, of, ruledOut, findings)
    }
  }
  return complete
}

function rule(
  level: Level,
  of: 'serializability' | 'snapshots',
  ruledOut: Set<Level>,
  findings: Finding[],
): void {
  ruledOut.add(level)
  const type = of === 'snapshots' ? 'no-snapshots' : 'unserializable'
  if (level !== RULED_OUT.none[of]) return
  // Only models without predicates have a search.
  if (of === 'serializability') ruledOut.add('repeatable-read')
  findings.push({ type, transactions: [], sentence: `${ANOMALIES[type].meaning}.` })
}

/** A history with its sessions' snapshots is causal; where it has none, it may still be. */
function findMissedCauses(
  graph: DependencyGraph,
  interpretation: Interpretation,
  ruledOut: Set<Level>,
  findings: Finding[],
): void {
  if (interpretation.missedCause === undefined) return
  const components = stronglyConnectedComponents(graph, ANY_KIND & ~Edge.realtime)
  for (const members of cyclicComponents(components)) {
    const finding = interpretation.missedCause(graph, members)
    if (finding === undefined) continue
    note(finding.type, ruledOut)
    findings.push(finding)
  }
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
    const suffix = namedAfter(cycle)
    const named: AnomalyType = suffix === 'none' ? type : `${type}-${suffix}`
    // What was found only by assuming an order of time rules out no more than the report says.
    if (suffix === time) note(named, ruledOut)
    cycles.push({ type: named, cycle })
  }
}

function note(type: AnomalyType, ruledOut: Set<Level>): void {
  for (const level of ANOMALIES[type].rulesOut) ruledOut.add(level)
}
