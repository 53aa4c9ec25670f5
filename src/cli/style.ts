/**
 * Terminal colours by role. A renderer says what a piece of text is, never which colour that has.
 */
export const ROLES = {
  title: '1',
  quiet: '2',
  note: '3;2',
  bad: '31',
  good: '32',
  strong: '1',
  actor0: '1;36',
  actor1: '1;33',
  actor2: '1;35',
} as const

export type Role = keyof typeof ROLES

export interface Style {
  readonly isColored: boolean
  /** The text in the role's colour, or as it is where colour is not wanted. */
  paint(role: Role, text: string): string
}

const PLAIN: Style = { isColored: false, paint: (_, text) => text }

const COLORED: Style = {
  isColored: true,
  paint: (role, text) => (text === '' ? '' : `\x1b[${ROLES[role]}m${text}\x1b[0m`),
}

export function styleFor(isColored: boolean): Style {
  return isColored ? COLORED : PLAIN
}
