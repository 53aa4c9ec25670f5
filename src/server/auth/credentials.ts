import type { Random } from '../../sim/index.ts'
import type { Cryptography } from './cryptography.ts'
import { MECHANISM_NAMES, MECHANISMS, type MechanismName } from './mechanisms.ts'
import { deriveCredentials, type ScramCredentials } from './scram.ts'

/** A password as `createUser` and `updateUser` take it. */
export interface Password {
  readonly userName: string
  readonly text: string
  /** Whether the client has hashed it already, as SCRAM-SHA-1 would. */
  readonly isDigested: boolean
}

/**
 * What a user proves itself by. The server derives the keys of both mechanisms when a password is
 * set; here each is derived when it is asked for first, and then kept: ten milliseconds that most
 * users of a test never cost. Salts come from the simulator's chance, when the password is set.
 */
export class Credentials {
  /** Nobody logs in with them here: they are for users whom others vouch for. */
  static readonly external: Credentials = new Credentials(undefined, new Map())

  readonly #password: Password | undefined
  readonly #salts: ReadonlyMap<MechanismName, Uint8Array>
  readonly #derived = new Map<MechanismName, ScramCredentials>()

  private constructor(
    password: Password | undefined,
    salts: ReadonlyMap<MechanismName, Uint8Array>,
  ) {
    this.#password = password
    this.#salts = salts
  }

  static of(password: Password, names: readonly MechanismName[], random: Random): Credentials {
    const ordered = MECHANISM_NAMES.filter((name) => names.includes(name))
    return new Credentials(
      password,
      new Map(ordered.map((name) => [name, random.bytes(MECHANISMS[name].saltBytes)])),
    )
  }

  get isExternal(): boolean {
    return this.#password === undefined
  }

  get mechanisms(): readonly MechanismName[] {
    return [...this.#salts.keys()]
  }

  /** The same, for fewer mechanisms. */
  only(names: readonly MechanismName[]): Credentials {
    return new Credentials(
      this.#password,
      new Map([...this.#salts].filter(([name]) => names.includes(name))),
    )
  }

  /**
   * @returns nothing for a mechanism that they are not for
   * @throws ServerError BadValue for a password that the mechanism can't take
   */
  for(name: MechanismName, cryptography: Cryptography): ScramCredentials | undefined {
    const known = this.#derived.get(name)
    if (known !== undefined) return known
    const salt = this.#salts.get(name)
    const password = this.#password
    if (salt === undefined || password === undefined) return undefined
    const mechanism = MECHANISMS[name]
    const { text, userName } = password
    const prepared = password.isDigested ? text : mechanism.prepare(userName, text, cryptography)
    const derived = deriveCredentials(mechanism, prepared, salt, cryptography)
    this.#derived.set(name, derived)
    return derived
  }
}
