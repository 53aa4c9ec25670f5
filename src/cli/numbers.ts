/** Numbers for people. Milliseconds in, and always the same text for the same number. */

const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `1,013` */
export function countText(value: number): string {
  return GROUPED.format(value)
}

/** `82.756 s` */
export function secondsText(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`
}

/** In the unit that reads best: `50 us`, `7.3 ms`, `82.8 s`, with three digits that count. */
export function durationText(ms: number): string {
  if (ms === 0) return '0'
  if (ms < 1) return `${digits(ms * 1000)} \u00b5s`
  if (ms < 1000) return `${digits(ms)} ms`
  return `${digits(ms / 1000)} s`
}

/** Three significant digits, no trailing zeros, no exponent. */
export function digits(value: number): string {
  return Number(value.toPrecision(3)).toString()
}

/** Milliseconds to the microsecond, which is the clock's resolution. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
