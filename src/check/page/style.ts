/** The rules of verdict pages; the anomaly that is chosen needs one rule each. */
export const VERDICT_STYLE = `
h3{font-size:15px;margin:18px 0 4px}
figure{margin:14px 0 10px}
figcaption{margin-top:8px}
.answer{font-weight:650}
.answer.good,.holds b{color:var(--good)}.answer.bad,.broken b{color:var(--bad)}
.levels,.legend,.race,.tabs{list-style:none;margin:10px 0;padding:0;display:flex;flex-wrap:wrap}
.levels{gap:6px}
.levels li{border:1px solid var(--line);border-radius:6px;padding:1px 9px;font-size:14px;
background:var(--card)}
.levels .asked{border-color:var(--ink)}
.disagreement{color:var(--bad)}
.levels b{display:inline-block;min-width:1.9em}
.chooser{position:absolute;opacity:0;width:1px;height:1px}
.tabs{gap:6px;margin:22px 0 0;max-height:236px;overflow-y:auto}
.tabs label{display:block;border:1px solid var(--line);border-radius:6px;padding:3px 10px;
background:var(--card);font-size:14px;cursor:pointer}
.tabs label:hover{border-color:var(--ink)}
.tabs small{color:var(--muted);font-size:12.5px}
.view{display:none;margin:12px 0 0;padding:18px 24px 20px;background:var(--card);
border:1px solid var(--line);border-radius:10px}
.meaning{margin:0}
.edges{margin:4px 0;padding-left:28px}
.edges li{padding:1px 4px;border-radius:4px}
.edges li:focus-visible{outline:2px solid var(--c0)}
.lit{background:var(--grid)}
.kind{display:inline-block;min-width:2.4em;font-size:13px;color:var(--edge)}
.view ul{margin:4px 0 8px}.view>ul{padding-left:22px}
.race{display:block;font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;
font-size:13.5px}
.race li{border-left:3px solid var(--bad);padding:1px 10px;margin:3px 0;overflow-wrap:anywhere}
.legend{gap:2px 18px;color:var(--muted);font-size:13px}
.e-ww{--edge:var(--c1)}.e-wr{--edge:var(--c3)}.e-rw{--edge:var(--bad)}
.e-process{--edge:var(--c4)}.e-realtime{--edge:var(--c0)}
.lane{font-weight:600}
.bar{fill:var(--ground);stroke:var(--muted);stroke-width:1.25}
.near{stroke:var(--line)}
svg .name{font-weight:600}
.racing{fill:var(--bad);fill-opacity:.14;stroke:var(--bad);stroke-opacity:.5}
.dot{fill:var(--ink)}.dot.soft{fill:var(--muted)}
.gap{stroke:var(--line);stroke-dasharray:2 5;fill:none}
.gap-text{paint-order:stroke;stroke:var(--card);stroke-width:6px}
.edge .line{fill:none;stroke:var(--edge);stroke-width:1.75}
.edge .head{fill:var(--edge);stroke:none}
.edge .hit{fill:none;stroke:transparent;stroke-width:12}
.stretch .line{stroke-dasharray:5 4}
.e-process .line,.e-realtime .line{stroke-dasharray:2 3}
.label rect{fill:var(--card);stroke:var(--edge)}
svg .label text{fill:var(--edge);font-weight:600}
.edge.lit .line{stroke-width:3.5}
svg:has(.edge.lit) .edge:not(.lit){opacity:.3}
.edge:focus-visible{outline:none}
.edge:focus-visible .line{stroke-width:3.5}
.dots{stroke:var(--ink);stroke-width:3;stroke-linecap:round;fill:none}
.check{stroke:var(--good);stroke-width:2;fill:none;stroke-linecap:round;stroke-linejoin:round}
.cross{stroke:var(--bad);stroke-width:2;fill:none;stroke-linecap:round}
summary{cursor:pointer;font-weight:600;font-size:14px}
details .edges{max-height:420px;overflow-y:auto}
.steps{border-collapse:collapse;font-size:13.5px;display:block;overflow-x:auto}
.steps td,.steps th{text-align:left;padding:2px 12px 2px 0;vertical-align:top}
.steps td{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
.steps .racing-row td{color:var(--bad)}
.schedule{overflow-wrap:anywhere}
@media (max-width:620px){.view{padding:14px 12px}}
@media print{.view{display:block}.chooser,.tabs{display:none}}
`

/** Shows the view that is chosen, and says so at its tab. */
export function choiceStyle(count: number): string {
  const ids = Array.from({ length: count }, (_, at) => at)
  return [
    ids.map((at) => `#a${at}:checked~.views>#v${at}`).join(','),
    '{display:block}',
    ids.map((at) => `#a${at}:checked~.tabs label[for=a${at}]`).join(','),
    '{border-color:var(--ink);font-weight:600}',
    ids.map((at) => `#a${at}:focus-visible~.tabs label[for=a${at}]`).join(','),
    '{outline:2px solid var(--c0)}',
  ].join('')
}
