/**
 * The judge: given what clients saw, which isolation levels hold, and where they do not, which
 * anomaly it is, between whom, and why.
 *
 * It imports nothing of what it judges and works as well on the history of a real deployment. A
 * history becomes a table of transactions (`history`); a model says what its steps mean, that is
 * which versions of an object came in which order, and who wrote and read them (`models`); that
 * makes a graph of dependencies (`graph`), and cycles in it are anomalies (`cycles`, `anomalies`),
 * each of which rules out some levels (`levels.ts`). Why is told as data and in sentences
 * (`explain`), and drawn (`page`).
 *
 * Theory: Adya, Liskov, O'Neil: Generalized Isolation Level Definitions (ICDE 2000); Cerone,
 * Gotsman: Analysing Snapshot Isolation (PODC 2016); Kingsbury, Alvaro: Elle (VLDB 2020).
 */
export type { AnomalyType } from './anomalies/table.ts'
export {
  type CheckOptions,
  checkDocuments,
  checkHistory,
  checkTable,
  MODEL_NAMES,
  type ModelName,
} from './check_history.ts'
export { createJudge, type Judge } from './create_judge.ts'
export { type ExplainOptions, explain } from './explain/explain.ts'
export type {
  EdgeExplanation,
  Explanation,
  NamedTransaction,
  StatementReference,
} from './explain/explanation.ts'
export type { Remedy, RemedyKind } from './explain/remedies.ts'
export { explanationText } from './explain/text.ts'
export type { TimelineStep } from './explain/timeline.ts'
export { type TimelineTextOptions, timelineText } from './explain/timeline_text.ts'
export type { JudgedHistory } from './explain/told_history.ts'
export type { EdgeKind } from './graph/edges.ts'
export {
  type EventType,
  HistoryError,
  type HistoryEvent,
  type Key,
  type MicroOperation,
  type Predicate,
  type ReadValue,
  type Value,
} from './history/events.ts'
export {
  type History,
  HistoryLines,
  isEventLine,
  readEvents,
  readHistoryText,
} from './history/read_history.ts'
export type { TransactionTable } from './history/transaction_table.ts'
export { LEVELS, type Level } from './levels.ts'
export type {
  DocumentHistory,
  DocumentObject,
  DocumentStep,
  DocumentTransaction,
  DocumentVersion,
  UnmatchedObject,
  VersionState,
} from './models/documents/history.ts'
export { type RenderOptions, renderHtml } from './page/render_html.ts'
export type { Anomaly, ExplainedEdge, Verdict } from './verdict.ts'
