import {
  type CheckOptions,
  explain,
  explanationText,
  LEVELS,
  type TransactionTable,
  type Verdict,
} from '../../check/index.ts'
import type { Terminal } from '../terminal.ts'

/** So many are printed; the rest is much the same, and `--json` has it. */
const ANOMALIES_SHOWN = 10

/** A verdict for people: the level that was asked for, all levels, and each anomaly. */
export function verdictText(
  verdict: Verdict,
  table: TransactionTable,
  { model, level = 'serializable' }: CheckOptions,
  ms: number,
  { style, columns }: Terminal,
): string {
  const lines: string[] = []
  const holds = verdict.levels[level] ? 'yes' : 'no'
  const answer = style.paint(verdict.ok ? 'good' : 'bad', `${level}: ${holds}`)
  lines.push(`${answer}   ${verdict.transactions} transactions, ${model}, ${ms.toFixed(1)} ms`, '')
  for (const name of LEVELS) {
    lines.push(
      `  ${verdict.levels[name] ? style.paint('good', 'yes') : style.paint('bad', 'no ')}  ${name}`,
    )
  }
  if (!verdict.complete && Object.values(verdict.levels).some((holds) => holds)) {
    lines.push('', 'The order of some versions is not known: "yes" means that nothing was found.')
  }
  if (verdict.disagreement !== undefined) {
    lines.push('', style.paint('bad', 'Two views of one history differ'), verdict.disagreement)
  }
  const shown = { anomalies: verdict.anomalies.slice(0, ANOMALIES_SHOWN) }
  for (const explanation of explain(shown, table)) {
    const [head = '', ...rest] = explanationText(explanation, columns).split('\n')
    lines.push('', style.paint('strong', head), ...rest)
  }
  const left = verdict.anomalies.length - ANOMALIES_SHOWN
  if (left > 0) lines.push('', `and ${left} more; --json has them all`)
  return `${lines.join('\n')}\n`
}
