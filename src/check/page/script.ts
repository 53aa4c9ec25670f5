/** An edge and its sentence light up together. Without scripts both are there all the same. */
export const EDGE_SCRIPT = `
(() => {
  const light = (event) => {
    for (const lit of document.querySelectorAll('.lit')) lit.classList.remove('lit')
    const one = event.target instanceof Element ? event.target.closest('[data-edge]') : null
    const view = one?.closest('.view')
    if (!view) return
    const same = '[data-edge="' + one.getAttribute('data-edge') + '"]'
    for (const other of view.querySelectorAll(same)) other.classList.add('lit')
  }
  addEventListener('pointerover', light)
  addEventListener('focusin', light)
})()
`
