/** A timeline for terminals and for the messages of failing tests. */
import type { StatementReference } from './explanation.ts'
import type { TimelineStep } from './timeline.ts'

export interface TimelineTextOptions {
  /** The statements that raced, as explanations have them; they are marked with `>`. */
  readonly race?: readonly StatementReference[]
  /** Where lines are broken. Default: 100 */
  readonly columns?: number
}

/** A narrower column than this is no use; actors then share one, each line with its name. */
const COLUMN_MIN = 22

/**
 * Actors as columns, statements as rows, in the order in which they ran; the racing ones are
 * marked.
 *
 *          alice                         bob
 *       1  doctors.find({onCall: true})
 *            -> 2 documents
 *       2                                doctors.find({onCall: true})
 *                                          -> 2 documents
 *     > 3  doctors.updateOne({_id: "alic
 *            e"}, {$set: {onCall: false}})
 */
export function timelineText(
  timeline: readonly TimelineStep[],
  { race = [], columns = 100 }: TimelineTextOptions = {},
): string {
  const actors = [...new Set(timeline.map(({ who }) => who))]
  const numberColumns = String(timeline.length).length
  const head = numberColumns + 4
  const width = Math.floor((columns - head) / Math.max(1, actors.length))
  const isShared = width < COLUMN_MIN
  const cell = isShared ? columns - head : width - 2
  const lines = isShared ? [] : [headLine(actors, head, width)]
  for (const [at, step] of timeline.entries()) {
    const mark = isRacing(at, race) ? '> ' : '  '
    const number = `${mark}${String(at + 1).padStart(numberColumns)}  `
    const indent = isShared ? 0 : actors.indexOf(step.who) * width
    const text = isShared ? `${step.who}: ${step.text}` : step.text
    cellLines(text, answerOf(step), cell).forEach((line, row) => {
      const start = row === 0 ? number : ' '.repeat(head)
      lines.push(`${start}${' '.repeat(indent)}${line}`.trimEnd())
    })
  }
  return lines.join('\n')
}

/** Whether the statement at a place of the timeline is one of those that raced. */
export function isRacing(at: number, race: readonly StatementReference[]): boolean {
  return race.some(({ statement }) => statement === at)
}

function headLine(actors: readonly string[], head: number, width: number): string {
  const names = actors.map((actor) => actor.slice(0, width - 2).padEnd(width))
  return `${' '.repeat(head)}${names.join('')}`.trimEnd()
}

function answerOf({ answer, error }: TimelineStep): string | undefined {
  if (error !== undefined) return `! ${error}`
  return answer === undefined ? undefined : `-> ${answer}`
}

/** A statement and what came of it, broken where the column ends. */
function cellLines(text: string, answer: string | undefined, width: number): string[] {
  const lines = broken(text, width, '')
  if (answer !== undefined) lines.push(...broken(answer, width - 2, '  '))
  return lines
}

/** Breaks at a space where there is one near the end of the line, else anywhere. */
function broken(text: string, width: number, indent: string): string[] {
  const lines: string[] = []
  let rest = text
  let room = width
  let start = indent
  while (rest.length > room) {
    const space = rest.lastIndexOf(' ', room)
    const at = space > room / 2 ? space : room
    lines.push(start + rest.slice(0, at))
    rest = rest.slice(at).trimStart()
    start = `${indent}  `
    room = width - 2
  }
  return [...lines, start + rest]
}
