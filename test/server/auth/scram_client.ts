/** The client's side of SCRAM, written from RFC 5802 alone: it shares nothing with the server's. */
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'

export interface ScramClientOptions {
  readonly hash: 'sha1' | 'sha256'
  readonly user: string
  /** As the mechanism prepares it. */
  readonly password: string
  readonly nonce: string
}

export class ScramClient {
  readonly #options: ScramClientOptions
  readonly #bare: string
  /** What the server has to answer in the end, once `final` was asked for. */
  expectedFinal = ''

  constructor(options: ScramClientOptions) {
    this.#options = options
    const name = options.user.replaceAll('=', '=3D').replaceAll(',', '=2C')
    this.#bare = `n=${name},r=${options.nonce}`
  }

  first(): string {
    return `n,,${this.#bare}`
  }

  /** @param tamper changes the nonce that is sent back, for those who test that it is looked at */
  final(serverFirst: string, tamper: (nonce: string) => string = (nonce) => nonce): string {
    const { hash, password } = this.#options
    const fields = new Map(serverFirst.split(',').map((field) => [field[0], field.slice(2)]))
    const salt = Buffer.from(fields.get('s')!, 'base64')
    const bytes = hash === 'sha1' ? 20 : 32
    const salted = pbkdf2Sync(password, salt, Number(fields.get('i')), bytes, hash)
    const sign = (key: Buffer, text: string) => createHmac(hash, key).update(text).digest()
    const clientKey = sign(salted, 'Client Key')
    const withoutProof = `c=biws,r=${tamper(fields.get('r')!)}`
    const said = `${this.#bare},${serverFirst},${withoutProof}`
    const signature = sign(createHash(hash).update(clientKey).digest(), said)
    const proof = clientKey.map((byte, index) => byte ^ signature[index]!)
    this.expectedFinal = `v=${sign(sign(salted, 'Server Key'), said).toString('base64')}`
    return `${withoutProof},p=${Buffer.from(proof).toString('base64')}`
  }
}
