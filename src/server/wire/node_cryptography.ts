import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { createRequire } from 'node:module'
import type saslprep from '@mongodb-js/saslprep'
import type { Cryptography } from '../auth/cryptography.ts'

/** How many bytes each hash has. */
const HASH_BYTES = { md5: 16, sha1: 20, sha256: 32 } as const

/** Node's own cryptography, for those who log in over a socket. */
export const nodeCryptography: Cryptography = {
  digest: (hash, data) => createHash(hash).update(data).digest(),
  hmac: (hash, key, data) => createHmac(hash, key).update(data).digest(),
  pbkdf2: (hash, password, salt, iterations) =>
    pbkdf2Sync(password, salt, iterations, HASH_BYTES[hash], hash),
  saslPrep: (text) => (isPlain(text) ? text : preparedByTables(text)),
}

/** Printable ASCII is prepared as it is. */
function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

function preparedByTables(text: string): string | undefined {
  try {
    return tables()(text)
  } catch {
    return undefined
  }
}

let loaded: typeof saslprep | undefined

/** Unicode's tables take some ten milliseconds to load, and next to nobody needs them. */
function tables(): typeof saslprep {
  loaded ??= createRequire(import.meta.url)('@mongodb-js/saslprep') as typeof saslprep
  return loaded
}
