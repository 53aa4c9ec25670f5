/** Colours by role, for both themes, and the form of text. Pages add rules of their own. */
export const PAGE_STYLE = `
:root{--ground:#fbfaf7;--card:#fff;--ink:#1d2127;--muted:#626a75;--line:#dcdad3;--grid:#ebe9e2;
--c0:#1565c0;--c1:#c2570c;--c2:#7b3fb5;--c3:#2e7d4f;--c4:#6b7280;--bad:#c62828;--good:#2e7d32}
@media (prefers-color-scheme:dark){:root{--ground:#14171b;--card:#1b1f25;--ink:#e6e4df;
--muted:#9aa3ae;--line:#343a43;--grid:#272c34;--c0:#64a8f0;--c1:#f0964a;--c2:#c193f0;--c3:#6cc48f;
--c4:#9ca3af;--bad:#ff7a70;--good:#7fd18a}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1128px;margin:0 auto;padding:28px 24px 64px}
h1{font-size:28px;line-height:1.2;margin:0 0 6px;letter-spacing:-.01em}
h2{font-size:20px;line-height:1.3;margin:0 0 4px}
p{margin:0 0 12px;max-width:76ch}
.quiet{color:var(--muted);font-size:14px}
code,pre,.mono{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
svg{display:block;width:100%;height:auto;overflow:visible}
svg text{font-size:12px;fill:var(--ink);
font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
svg .soft{fill:var(--muted)}
svg .axis{stroke:var(--line);stroke-width:1;fill:none}
svg .grid{stroke:var(--grid);stroke-width:1;fill:none}
svg .end{text-anchor:end}
svg .mid{text-anchor:middle}
.middle,.narrow{display:none}
@media (max-width:1000px){.wide{display:none}.middle{display:block}}
@media (max-width:620px){.middle{display:none}.narrow{display:block}
main{padding:20px 16px 48px}h1{font-size:23px}}
`
