/** Whether the log messages that were collected are those that a test expects. */
import type { ExpectedLog, ExpectedMessage } from '../format.ts'
import type { LogMessage } from '../observed_client.ts'
import { difference } from './match.ts'
import type { Difference, MatchScope } from './operators.ts'
import { show } from './values.ts'

const REDACTED = '(redacted)'

export function logsDiffer(
  expected: ExpectedLog,
  collected: readonly LogMessage[],
  scope: MatchScope,
): Difference {
  const { messages, ignoreMessages = [], ignoreExtraMessages = false } = expected
  const observed = collected.filter(
    (message) =>
      !ignoreMessages.some((one) => messageDiffers(one, message, scope, '') === undefined),
  )
  for (const [i, message] of messages.entries()) {
    const found = messageDiffers(message, observed[i], scope, `messages[${i}]`)
    if (found !== undefined) return `${found}; messages: ${observed.map(titleOf).join(', ')}`
  }
  const extra = observed.slice(messages.length)
  if (ignoreExtraMessages || extra.length === 0) return undefined
  return `more messages than expected: ${extra.map(titleOf).join(', ')}`
}

function messageDiffers(
  expected: ExpectedMessage,
  message: LogMessage | undefined,
  scope: MatchScope,
  path: string,
): Difference {
  if (message === undefined) return `${path} is missing`
  const { level, component, failureIsRedacted, data } = expected
  if (message.level !== level) return `${path} should be of level ${level}, not ${message.level}`
  if (message.component !== component) {
    return `${path} should be of ${component}, not ${message.component}`
  }
  if (failureIsRedacted !== undefined) {
    const { failure } = message.data
    const isRedacted = failure === REDACTED
    if (failure === undefined || isRedacted !== failureIsRedacted) {
      return `${path}.data.failure should ${failureIsRedacted ? '' : 'not '}be redacted: ${show(failure)}`
    }
  }
  return difference(data, message.data, { scope, path: `${path}.data` })
}

function titleOf({ data }: LogMessage): string {
  return String(data['message'])
}
