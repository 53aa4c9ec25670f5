import type { DocumentHistory } from '../../../src/check/index.ts'

const ON = { onCall: true }
const OFF = { onCall: false }

/** Each doctor sees that the other one is on call, and goes off call. */
export const DOCTORS: DocumentHistory = {
  objects: [
    {
      name: 'ward.doctors/"alice"',
      versions: [
        { author: undefined, state: 'committed', value: ON },
        { author: 0, state: 'committed', value: OFF },
      ],
    },
    {
      name: 'ward.doctors/"bob"',
      versions: [
        { author: undefined, state: 'committed', value: ON },
        { author: 1, state: 'committed', value: OFF },
      ],
    },
  ],
  transactions: [
    {
      name: 'alice',
      process: 'alice',
      began: 0,
      ended: 2,
      committed: true,
      steps: [
        { kind: 'read', object: 1, version: 0 },
        { kind: 'write', object: 0, version: 1 },
      ],
    },
    {
      name: 'bob',
      process: 'bob',
      began: 1,
      ended: 3,
      committed: true,
      steps: [
        { kind: 'read', object: 0, version: 0 },
        { kind: 'write', object: 1, version: 1 },
      ],
    },
  ],
}
