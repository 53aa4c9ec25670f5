export const DEMO_STYLE = `
section{margin:36px 0 0;padding:22px 24px 20px;background:var(--card);border:1px solid var(--line);
border-radius:10px}
figure{margin:14px 0 18px}
h3{font-size:14px;font-weight:600;margin:0 0 4px;color:var(--muted)}
.bar{fill-opacity:.16;stroke-width:1.25}
.expired{stroke-dasharray:4 3}
.pause{stroke:none}
.tick{fill-opacity:.75}
.dot{stroke:var(--card);stroke-width:1.5}
.cross{stroke:var(--bad);stroke-width:2.25;fill:none;stroke-linecap:round}
.check{stroke:var(--good);stroke-width:2.25;fill:none;stroke-linecap:round;stroke-linejoin:round}
.limit{stroke:var(--bad);stroke-width:1.25;stroke-dasharray:3 3}
.lane{font-weight:600}
.k0{fill:var(--c0);stroke:var(--c0)}.k1{fill:var(--c1);stroke:var(--c1)}
.k2{fill:var(--c2);stroke:var(--c2)}.k3{fill:var(--c3);stroke:var(--c3)}
svg text.k0,svg text.k1,svg text.k2,svg text.k3{stroke:none}
svg text.k0{fill:var(--c0)}svg text.k1{fill:var(--c1)}
svg text.k2{fill:var(--c2)}svg text.k3{fill:var(--c3)}
svg text.bad{fill:var(--bad)}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin:8px 0 0;padding:0;list-style:none;
color:var(--muted);font-size:13px}
.legend svg{display:inline-block;width:22px;height:14px;vertical-align:-2px;margin-right:6px}
details{border-top:1px solid var(--line);padding-top:10px}
summary{cursor:pointer;font-weight:600;font-size:14px}
.steps{display:grid;grid-template-columns:78px max-content minmax(0,1fr);gap:1px 12px;
margin:10px 0 0;align-items:baseline;font-size:13px;line-height:1.5}
.steps .at{color:var(--muted);text-align:right;font-variant-numeric:tabular-nums}
.steps pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font-size:12.5px}
.steps .note{grid-column:2/-1;font-style:italic;color:var(--muted);margin:8px 0}
.steps .who{font-weight:600}
.steps .w0{color:var(--c0)}.steps .w1{color:var(--c1)}
.steps .w2{color:var(--c2)}.steps .w3{color:var(--c3)}
.steps .typed{font-weight:600}
.steps .error{color:var(--bad)}
.steps .news{color:var(--bad);font-weight:600}
.steps details{border:0;padding:0}
.steps summary{font-weight:400;font-size:13px;color:var(--muted)}
@media (max-width:620px){section{padding:16px 12px}
.steps{grid-template-columns:58px max-content minmax(0,1fr);gap:1px 8px;font-size:12px}
.steps pre{font-size:11.5px}}
`
