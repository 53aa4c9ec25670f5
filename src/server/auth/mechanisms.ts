import { ServerError } from '../../engine/index.ts'
import { type Cryptography, type HashName, utf8 } from './cryptography.ts'

/** How a user's password can be proved. Source: mechanism_scram.h, sasl_options.idl (8.0). */
export interface Mechanism {
  readonly name: MechanismName
  readonly hash: HashName
  readonly saltBytes: number
  readonly iterationCount: number
  /** What is hashed in place of the password itself. @throws ServerError BadValue */
  prepare(userName: string, password: string, cryptography: Cryptography): string
}

export type MechanismName = 'SCRAM-SHA-1' | 'SCRAM-SHA-256'

/** In the order in which credentials are stored; the last one is the strongest. */
export const MECHANISMS: Readonly<Record<MechanismName, Mechanism>> = {
  'SCRAM-SHA-1': {
    name: 'SCRAM-SHA-1',
    hash: 'sha1',
    saltBytes: 16,
    iterationCount: 10_000,
    prepare: (userName, password, cryptography) =>
      hexText(cryptography.digest('md5', utf8(`${userName}:mongo:${password}`))),
  },
  'SCRAM-SHA-256': {
    name: 'SCRAM-SHA-256',
    hash: 'sha256',
    saltBytes: 28,
    iterationCount: 15_000,
    prepare: (_userName, password, cryptography) => {
      const prepared = cryptography.saslPrep(password)
      if (prepared !== undefined) return prepared
      throw new ServerError('BadValue', 'The password has characters that SASLprep prohibits')
    },
  },
}

export const MECHANISM_NAMES: readonly MechanismName[] = ['SCRAM-SHA-1', 'SCRAM-SHA-256']

export function isMechanismName(name: unknown): name is MechanismName {
  return MECHANISM_NAMES.some((known) => known === name)
}

function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
