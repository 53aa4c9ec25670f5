import { type CheckOptions, LEVELS, type Verdict } from '../../check/index.ts'
import type { Terminal } from '../terminal.ts'

/** So many are printed; the rest is much the same, and `--json` has it. */
const ANOMALIES_SHOWN = 10

/** A verdict for people: the level that was asked for, all levels, and each anomaly. */
export function verdictText(
  verdict: Verdict,
  { model, level = 'serializable' }: CheckOptions,
  ms: number,
  { style }: Terminal,
): string {
  const lines: string[] = []
  const answer = verdict.ok
    ? style.paint('good', `${level}: yes`)
    : style.paint('bad', `${level}: no`)
  lines.push(`${answer}   ${verdict.transactions} transactions, ${model}, ${ms.toFixed(1)} ms`, '')
  for (const name of LEVELS) {
    lines.push(
      `  ${verdict.levels[name] ? style.paint('good', 'yes') : style.paint('bad', 'no ')}  ${name}`,
    )
  }
  if (!verdict.complete && Object.values(verdict.levels).some((holds) => holds)) {
    lines.push('', 'The order of some versions is not known: "yes" means that nothing was found.')
  }
  for (const { type, explanation } of verdict.anomalies.slice(0, ANOMALIES_SHOWN)) {
    lines.push('', style.paint('strong', type), `  ${explanation}`)
  }
  const left = verdict.anomalies.length - ANOMALIES_SHOWN
  if (left > 0) lines.push('', `and ${left} more; --json has them all`)
  return `${lines.join('\n')}\n`
}
