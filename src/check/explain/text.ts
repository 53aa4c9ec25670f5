/** Explanations as plain text, for terminals and for the messages of failing tests. */
import type {
  EdgeExplanation,
  Explanation,
  NamedTransaction,
  StatementReference,
} from './explanation.ts'

/** Of a long cycle, so many edges are told at its beginning and at its end. */
const EDGES_SHOWN = 4

/**
 * An explanation in lines, without a line break at the end.
 *
 * @param columns where lines are broken. Default: 100
 */
export function explanationText(explanation: Explanation, columns = 100): string {
  const { title, meaning, edges, sentences, race, pivot, remedies } = explanation
  const told = edges.length > 0 ? edgeLines(edges) : sentences
  return [
    ...paragraph(`${title}: ${meaning}`, '', columns),
    ...told.flatMap((line) => paragraph(line, '  ', columns)),
    ...block(race.length > 1 ? 'look at' : 'see', race.map(statementText), columns),
    ...block('pivot', pivot === undefined ? [] : [pivotText(pivot)], columns),
    ...block(
      'mend',
      remedies.map(({ sentence }) => sentence),
      columns,
    ),
  ].join('\n')
}

/** `alice, step 2: read x = 3` */
export function statementText({ name, step, text }: StatementReference): string {
  return `${name}, step ${step + 1}: ${text}`
}

/** The one in the middle, which can be made to conflict with both others. */
export function pivotText({ name }: NamedTransaction): string {
  return `${name}, between two rw edges: what it reads and writes is where the cycle can be broken`
}

/** Each edge, or both ends of a long cycle and every rw edge in between. */
function edgeLines(edges: readonly EdgeExplanation[]): string[] {
  const lines: string[] = []
  let left = 0
  const tellLeft = () => {
    if (left > 0) lines.push(`... ${left} more ${left === 1 ? 'edge' : 'edges'}`)
    left = 0
  }
  for (const [at, { kind, sentence }] of edges.entries()) {
    const isAtAnEnd = at < EDGES_SHOWN || at >= edges.length - EDGES_SHOWN
    if (!isAtAnEnd && kind !== 'rw') {
      left++
      continue
    }
    tellLeft()
    lines.push(`${kind.padEnd(3)} ${sentence}`)
  }
  return lines
}

function block(title: string, texts: readonly string[], columns: number): string[] {
  const head = `  ${title}:`.padEnd(HEAD_COLUMNS)
  return texts.flatMap((text, at) => {
    const indent = at === 0 ? head : ' '.repeat(HEAD_COLUMNS)
    return paragraph(text, indent, columns, ' '.repeat(HEAD_COLUMNS + 2))
  })
}

const HEAD_COLUMNS = 11

/** Breaks a text into lines; those that continue it are indented further. */
function paragraph(
  text: string,
  indent: string,
  columns: number,
  further = `${indent}      `,
): string[] {
  const lines: string[] = []
  let line = indent
  let isEmpty = true
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > columns) {
      lines.push(line)
      line = further
      isEmpty = true
    }
    line += isEmpty ? word : ` ${word}`
    isEmpty = false
  }
  return [...lines, line]
}
