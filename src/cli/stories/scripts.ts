import type { Script } from '../story/stage.ts'
import { failOnConflict } from './fail_on_conflict.ts'
import { lostReply } from './lost_reply.ts'
import { retry } from './retry.ts'
import { waitOnConflict } from './wait_on_conflict.ts'

/** What the demonstration plays, in this order. */
export const SCRIPTS: readonly Script[] = [waitOnConflict, failOnConflict, retry, lostReply]
