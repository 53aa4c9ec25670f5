import { type MongodOption, OPTIONS } from './options.ts'

const COLUMN = 44

/** What `--help` prints. Options that are refused are not in it. */
export function helpText(): string {
  const rows = Object.entries(OPTIONS).flatMap(([name, option]: [string, MongodOption]) => {
    if (option.refused !== undefined) return []
    const short = option.short === undefined ? '' : `-${option.short} [ --${name} ]`
    const long = short === '' ? `--${name}` : short
    const left = `  ${option.value === undefined ? long : `${long} ${option.value}`}`
    return [`${left.padEnd(COLUMN)}${option.help}`]
  })
  return ['Options:', ...rows].join('\n')
}
