import type { Finding } from './anomalies/anomaly.ts'
import { nameOf } from './anomalies/name.ts'
import { pivotOf, ReadOnlyCycles } from './anomalies/structure.ts'
import { ANOMALIES, type AnomalyType, withoutTime } from './anomalies/table.ts'
import { type Cycle, namedAfter } from './cycles/cycle.ts'
import { type CycleReport, findCycles } from './cycles/find.ts'
import { Decision } from './decision.ts'
import { cyclicComponents, stronglyConnectedComponents } from './graph/components.ts'
import { type DependencyGraph, GraphBuilder } from './graph/dependency_graph.ts'
import type { TimeOrder } from './graph/edges.ts'
import { ANY_KIND, Edge } from './graph/edges.ts'
import { withoutMarks } from './graph/subgraph.ts'
import { addProcessEdges, addRealtimeEdges } from './graph/time_edges.ts'
import type { TransactionTable } from './history/transaction_table.ts'
import { holdsWithout, type Level, levelsWithout, RULED_OUT, SESSION_GUARANTEES } from './levels.ts'
import type { Interpretation } from './models/model.ts'
import { brokenGuarantees } from './sessions/guarantees.ts'
import { findMissedCause } from './sessions/missed_cause.ts'
import { disagreementOf } from './timestamps/disagreement.ts'
import { checkStartOrder } from './timestamps/start_order.ts'
import { type Timestamps, timestampsOf } from './timestamps/timestamps.ts'

/** What there is to say of a history, before it is put into words. */
export interface Judgement {
  readonly levels: Readonly<Record<Level, boolean>>
  readonly findings: readonly Finding[]
  readonly cycles: readonly JudgedCycle[]
  /** Whether no violation can hide in what is not known. */
  readonly complete: boolean
  /** Where timestamps are known: whether they are those of snapshots. */
  readonly timestampsHold?: boolean
  /** What timestamps and clients say differently. */
  readonly disagreement?: string
}

export interface JudgedCycle {
  readonly type: AnomalyType
  /** What people call it. */
  readonly name: string
  readonly cycle: Cycle
  /** Who comes between two rw edges in a row. */
  readonly pivot?: number
}

const TIMES: readonly TimeOrder[] = ['none', 'process', 'realtime']

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
  const edgesOfTime = (realtimeKnown ? 4 : 1) * table.count
  const { edgesExpected = table.count } = interpretation
  const builder = new GraphBuilder(table.count, edgesExpected + edgesOfTime)
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
  // A history with its sessions' snapshots is causal; where it has none, it may still be.
  const knowsCauses =
    !ruledOut.has('strong-session-snapshot-isolation') ||
    findMissedCauses(table, graph, interpretation, ruledOut, findings)
  const decision = new Decision(interpretation, graph, ruledOut, findings)
  decision.decide(times)
  if (!knowsCauses) decision.leaveOpen('causal')
  // Causality is all session guarantees together; where it is broken, they may hold.
  const isBroken = !holdsWithout(ruledOut, 'causal')
  if (isBroken && !findBrokenGuarantees(table, interpretation, ruledOut, findings)) {
    for (const level of SESSION_GUARANTEES) decision.leaveOpen(level)
  }
  const levels = levelsWithout(ruledOut)
  const complete = decision.isComplete
  const timestamps = timestampsOf(table)
  return {
    levels,
    complete,
    cycles: namedCycles(cycles, graph, timestamps),
    ...(timestamps === undefined
      ? { findings }
      : compared(interpretation, timestamps, findings, levels, complete)),
  }
}

/** @returns whether it could look everywhere */
function findBrokenGuarantees(
  table: TransactionTable,
  { sessions, takesPart, keyName }: Interpretation,
  ruledOut: Set<Level>,
  findings: Finding[],
): boolean {
  if (sessions === undefined) return false
  const broken = brokenGuarantees(table, takesPart, sessions(), keyName)
  if (broken === 'too large') return false
  for (const finding of broken) note(finding.type, ruledOut)
  findings.push(...broken)
  return true
}

/** Adds what contradicts the timestamps, and where that is not what clients say. */
function compared(
  interpretation: Interpretation,
  timestamps: Timestamps,
  findings: readonly Finding[],
  levels: Judgement['levels'],
  complete: boolean,
): Pick<Judgement, 'findings' | 'timestampsHold' | 'disagreement'> {
  const { footprint, keyName, takesPart } = interpretation
  if (footprint === undefined) return { findings }
  const byTimestamps = checkStartOrder(footprint, keyName, timestamps)
  const disagreement = disagreementOf({
    byTimestamps,
    allTimed: takesPart.every((one, at) => one === 0 || !Number.isNaN(timestamps.start[at]!)),
    findings,
    hasSnapshots: levels['snapshot-isolation'],
    complete,
  })
  return {
    findings: [...findings, ...byTimestamps],
    timestampsHold: byTimestamps.length === 0,
    ...(disagreement !== undefined && { disagreement }),
  }
}

function namedCycles(
  cycles: readonly { readonly type: AnomalyType; readonly cycle: Cycle }[],
  graph: DependencyGraph,
  timestamps: Timestamps | undefined,
): JudgedCycle[] {
  const readOnly = new ReadOnlyCycles(graph)
  return cycles.map(({ type, cycle }) => {
    const inARow = withoutTime(type) === 'G2-item' || withoutTime(type) === 'G2'
    const pivot = inARow ? pivotOf(cycle, timestamps) : undefined
    const name = nameOf(type, cycle, inARow && readOnly.has(cycle))
    return { type, name, cycle, ...(pivot !== undefined && { pivot }) }
  })
}

/** @returns whether it could look everywhere */
function findMissedCauses(
  table: TransactionTable,
  graph: DependencyGraph,
  interpretation: Interpretation,
  ruledOut: Set<Level>,
  findings: Finding[],
): boolean {
  const { certainty, sessions, keyName } = interpretation
  if (certainty.causal !== 'by sessions' || sessions === undefined) return certainty.causal === true
  const view = sessions()
  let lookedEverywhere = true
  const components = stronglyConnectedComponents(graph, ANY_KIND & ~Edge.realtime)
  for (const members of cyclicComponents(components)) {
    const finding = findMissedCause(table, view, keyName, graph, members)
    if (finding === undefined) continue
    if (finding === 'too large') {
      lookedEverywhere = false
      continue
    }
    note(finding.type, ruledOut)
    findings.push(finding)
  }
  return lookedEverywhere
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
