/**
 * Pages and pictures as text: elements of HTML and SVG, scales, the form that every page has. A
 * page is one file that fetches nothing and says everything without scripts, too.
 *
 * It imports no other floor, so that the judge draws its verdicts with what the stories are drawn
 * with.
 */
export {
  type Attributes,
  type Child,
  el,
  escapeText,
  type Markup,
  raw,
} from './markup.ts'
export { forEveryWidth, type Page, PICTURE_WIDTHS, pageText, picture } from './page.ts'
export { linearScale, logScale, type Range, type Scale } from './scale.ts'
export { check, cross } from './symbols.ts'
