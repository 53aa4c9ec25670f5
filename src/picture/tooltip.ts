/**
 * Details on hover, on focus, or on a tap: whatever has `data-tip` shows it beside the pointer.
 * Lines are separated by `|`. Without scripts a page still says everything in its text.
 */
export const TOOLTIP_STYLE = `
#tip{position:fixed;z-index:9;pointer-events:none;max-width:280px;padding:6px 9px;border-radius:6px;
background:var(--ink);color:var(--ground);font-size:12.5px;line-height:1.4;white-space:pre-line}
[data-tip]{cursor:default}
[data-tip]:focus-visible{outline:2px solid var(--c0);outline-offset:2px}
`

export const TOOLTIP_SCRIPT = `
(() => {
  const tip = document.getElementById('tip')
  const show = (target, x, y) => {
    const owner = target instanceof Element ? target.closest('[data-tip]') : null
    tip.hidden = owner === null
    if (owner === null) return
    tip.textContent = owner.getAttribute('data-tip').replaceAll('|', '\\n')
    const { width, height } = tip.getBoundingClientRect()
    tip.style.left = Math.max(8, Math.min(x + 14, innerWidth - width - 8)) + 'px'
    tip.style.top = (y + 18 + height > innerHeight ? y - height - 12 : y + 18) + 'px'
  }
  addEventListener('pointermove', (event) => show(event.target, event.clientX, event.clientY))
  addEventListener('pointerdown', (event) => show(event.target, event.clientX, event.clientY))
  addEventListener('focusin', (event) => {
    const { left, top } = event.target.getBoundingClientRect()
    show(event.target, left, top)
  })
  addEventListener('scroll', () => { tip.hidden = true }, { passive: true })
})()
`
