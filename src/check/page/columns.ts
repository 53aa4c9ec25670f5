/** Lanes stand side by side, with room between them for the edges. */
export interface Columns {
  readonly boxPx: number
  readonly gutterPx: number
  leftOf(lane: number): number
  rightOf(lane: number): number
}

const LANE_MAX_PX = 460
const GUTTER_PX = { min: 14, max: 150, share: 0.32 } as const

export function columnsOf(lanes: number, widthPx: number): Columns {
  const lanePx = Math.min(LANE_MAX_PX, widthPx / lanes)
  const wantedPx = lanePx * GUTTER_PX.share
  const gutterPx = Math.min(GUTTER_PX.max, Math.max(GUTTER_PX.min, wantedPx))
  const boxPx = lanePx - gutterPx
  return {
    boxPx,
    gutterPx,
    leftOf: (lane) => lane * lanePx,
    rightOf: (lane) => lane * lanePx + boxPx,
  }
}

/** About how wide a letter is, in the font of pictures. */
const LETTER_PX = 6.4

export function widthOf(text: string): number {
  return text.length * LETTER_PX
}

/** As much of a text as there is room for. */
export function cutToFit(text: string, roomPx: number): string {
  const letters = Math.floor(roomPx / LETTER_PX)
  if (text.length <= letters) return text
  return letters < 3 ? '' : `${text.slice(0, letters - 1)}…`
}
