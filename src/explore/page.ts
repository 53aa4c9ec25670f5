/** A counterexample as one self-contained page. */
import type { Anomaly } from '../check/index.ts'
import type { Timeline } from './timeline.ts'

export interface PageContent {
  readonly schedule: string
  readonly summary: string
  readonly explanation: string
  readonly timeline: Timeline
  readonly anomalies: readonly Anomaly[]
}

const STEP_PX = 64
const LANE_PX = 72
const LEFT_PX = 110
const TOP_PX = 30

export function renderPage(content: PageContent): string {
  const { schedule, summary, explanation, timeline } = content
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(summary)}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #1c1b1a; max-width: 70rem }
svg { display: block; margin: 1.5rem 0; overflow: visible }
text { font: 12px system-ui, sans-serif; fill: #1c1b1a }
.lane { stroke: #c9c4bd } .statement { fill: #dbe8f4; stroke: #34699a }
.failed { fill: #f7dcd7; stroke: #b3402a } code { background: #f1eeea; padding: 0 .3em }
pre { white-space: pre-wrap; font: inherit }
</style></head><body>
<h1>${escaped(summary)}</h1>
<pre>${escaped(explanation)}</pre>
${picture(timeline)}
<p>Schedule: <code>${escaped(schedule)}</code></p>
</body></html>
`
}

function picture({ actors, steps, statements }: Timeline): string {
  const width = LEFT_PX + Math.max(1, steps.length) * STEP_PX
  const height = TOP_PX + actors.length * LANE_PX
  const y = (actor: string) => TOP_PX + actors.indexOf(actor) * LANE_PX
  const lanes = actors.map(
    (actor) =>
      `<line class="lane" x1="${LEFT_PX}" x2="${width}" y1="${y(actor) + 16}" y2="${y(actor) + 16}"/>` +
      `<text x="0" y="${y(actor) + 20}">${escaped(actor)}</text>`,
  )
  const bars = statements.map(({ actor, name, from, to = from, failed, command, reply }) => {
    const x = LEFT_PX + from * STEP_PX + 3
    const length = (to - from + 1) * STEP_PX - 6
    const label = name.length > 12 ? `${name.slice(0, 11)}…` : name
    return (
      `<g><title>${escaped(`${command}\n${reply ?? ''}`)}</title>` +
      `<rect class="statement${failed ? ' failed' : ''}" x="${x}" y="${y(actor)}" width="${length}" height="32" rx="4"/>` +
      `<text x="${x + 4}" y="${y(actor) + 46}" font-size="10">${escaped(label)}</text></g>`
    )
  })
  return `<svg width="${width}" height="${height}" role="img" aria-label="who did what when">${lanes.join('')}${bars.join('')}</svg>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
