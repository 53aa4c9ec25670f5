/** How a test case ended, and the two errors by which a runner's steps end it. */

export type Verdict =
  | { readonly kind: 'passed'; readonly ways?: readonly string[] }
  | { readonly kind: 'failed'; readonly reason: string }
  /** Applicable, but it needs what this driver cannot do, or what a set of one member has not. */
  | { readonly kind: 'left out'; readonly reason: string }
  /** Not for a deployment like this one. */
  | { readonly kind: 'not applicable'; readonly reason: string }

/** One test case and its end. */
export interface CaseResult {
  /** The specification that it belongs to, such as `crud`. */
  readonly folder: string
  /** Path of the file, within the specification's folder. */
  readonly file: string
  readonly description: string
  readonly verdict: Verdict
}

/** Something was not as the test wants it. */
export class Failure extends Error {
  override readonly name = 'Failure'
}

/** The test needs what the driver does not have, or cannot be asked, or what no single node has. */
export class LeftOut extends Error {
  override readonly name = 'LeftOut'
}

/** @throws Failure */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Failure(message)
}

/** @throws Failure with what a comparison found, if it found something */
export function checkSame(difference: string | undefined): void {
  if (difference !== undefined) throw new Failure(difference)
}
