/**
 * What authentication needs of the machine. It comes in with a connection that somebody can log in
 * over, which is one of the wire; so everything else here runs in a browser too.
 */
export interface Cryptography {
  digest(hash: HashName, data: Uint8Array): Uint8Array
  hmac(hash: HashName, key: Uint8Array, data: Uint8Array): Uint8Array
  /** As many bytes as the hash has. */
  pbkdf2(hash: HashName, password: string, salt: Uint8Array, iterations: number): Uint8Array
  /** A password prepared by RFC 4013; nothing where it has characters that are prohibited. */
  saslPrep(text: string): string | undefined
}

export type HashName = 'md5' | 'sha1' | 'sha256'

const encoder = new TextEncoder()

export function utf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Compares in a time that tells nothing of where they differ. */
export function areEqualBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!
  return difference === 0
}

export function xorBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, index) => byte ^ b[index]!)
}
