/** Scales take a value to a place on an axis, and know the values worth a mark. */
export interface Scale {
  at(value: number): number
  /** Values for marks, in order, about `count` of them or as many as have a natural place. */
  ticks(count: number): number[]
}

export interface Range {
  readonly from: number
  readonly to: number
}

export function linearScale(domain: Range, range: Range): Scale {
  const perUnit = (range.to - range.from) / (domain.to - domain.from)
  return {
    at: (value) => range.from + (value - domain.from) * perUnit,
    ticks(count) {
      const step = roundStep((domain.to - domain.from) / Math.max(1, count))
      const first = Math.ceil(domain.from / step - 1e-9)
      const last = Math.floor(domain.to / step + 1e-9)
      // Multiples of the step rather than sums, which would gather error.
      return Array.from({ length: last - first + 1 }, (_, i) =>
        Number(((first + i) * step).toPrecision(12)),
      )
    },
  }
}

/** Base 10. The domain must be positive; values below it stay at its edge. */
export function logScale(domain: Range, range: Range): Scale {
  const low = Math.log10(domain.from)
  const perDecade = (range.to - range.from) / (Math.log10(domain.to) - low)
  return {
    at: (value) => range.from + (Math.log10(Math.max(value, domain.from)) - low) * perDecade,
    ticks() {
      const first = Math.ceil(low - 1e-9)
      const last = Math.floor(Math.log10(domain.to) + 1e-9)
      return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i))
    },
  }
}

/** The next of 1, 2, 5 times a power of ten. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step))
  const factor = [1, 2, 5, 10].find((one) => one * power >= step * (1 - 1e-9)) ?? 10
  return factor * power
}
