import { readFileSync, statSync } from 'node:fs'

/** Source: security_key.cpp, `readSecurityFile` in read_security_file.cpp (8.0). */
const LENGTH_MIN = 6
const LENGTH_MAX = 1024

/**
 * What is wrong with the key of a set. One node never uses it, and is as particular about it as the
 * server, so that a file which fails there fails here.
 *
 * @returns nothing where all is well
 */
export function keyFileProblem(path: string, hasPermissions: boolean): string | undefined {
  let text: string
  try {
    if (hasPermissions && (statSync(path).mode & 0o077) !== 0) {
      return `permissions on ${path} are too open`
    }
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return `error opening file: ${path}: ${(error as Error).message}`
  }
  const key = text.replace(/\s/g, '')
  if (!/^[A-Za-z0-9+/=]*$/.test(key)) return `invalid char in key file ${path}`
  if (key.length >= LENGTH_MIN && key.length <= LENGTH_MAX) return undefined
  return `security key in ${path} has length ${key.length}, must be between ${LENGTH_MIN} and ${LENGTH_MAX} chars`
}
