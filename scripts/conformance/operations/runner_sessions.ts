/** Assertions about what the driver thinks of a session. */
import type { ClientSession, Document } from 'mongodb'
import { check, LeftOut } from '../outcome.ts'
import type { TestRun } from '../test_run.ts'

/** Parts of a session that the driver does not show in its types. */
interface Inside {
  readonly isPinned: boolean
  readonly serverSession: { readonly isDirty: boolean }
  readonly transaction: { readonly state: string }
}

const STATES: Readonly<Record<string, string>> = {
  none: 'NO_TRANSACTION',
  starting: 'STARTING_TRANSACTION',
  in_progress: 'TRANSACTION_IN_PROGRESS',
  committed: 'TRANSACTION_COMMITTED',
  aborted: 'TRANSACTION_ABORTED',
}

const assertion =
  (holds: (session: Inside, args: Document) => boolean, message: string) =>
  (run: TestRun, args: Document): void => {
    const session: ClientSession & Partial<Inside> = run.entities.get('session', args['session'])
    if (session.transaction === undefined || session.isPinned === undefined) {
      throw new LeftOut('the driver does not show the state of its sessions')
    }
    check(holds(session as Inside, args), message)
  }

export const SESSION_ASSERTIONS: Readonly<Record<string, (run: TestRun, args: Document) => void>> =
  {
    assertSessionDirty: assertion(
      ({ serverSession }) => serverSession.isDirty,
      'the session should be dirty',
    ),
    assertSessionNotDirty: assertion(
      ({ serverSession }) => !serverSession.isDirty,
      'the session should not be dirty',
    ),
    assertSessionPinned: assertion(({ isPinned }) => isPinned, 'the session should be pinned'),
    assertSessionUnpinned: assertion(
      ({ isPinned }) => !isPinned,
      'the session should not be pinned',
    ),
    assertSessionTransactionState: assertion(
      ({ transaction }, { state }) => transaction.state === STATES[state],
      'the transaction should be in another state',
    ),
  }
