import { describe, expect, test } from 'vitest'
import { isStartupOnly, PARAMETER_NAMES, Parameters } from '../../src/engine/index.ts'

describe('server parameters', () => {
  // Source: transaction_participant.idl, query_knobs.idl, exception_util.idl (server 8.0).
  test.each([
    ['transactionLifetimeLimitSeconds', 60],
    ['maxTransactionLockRequestTimeoutMillis', 5],
    ['internalQueryExecYieldIterations', 1_000],
    ['internalInsertMaxBatchSize', 64],
    ['upsertMaxRetryAttemptsOnDuplicateKeyError', 100],
    ['temporarilyUnavailableMaxRetries', 10],
    ['transactionTooLargeForCacheThreshold', 0.75],
    ['ttlMonitorSleepSecs', 60],
    ['ttlMonitorEnabled', true],
  ] as const)('%s is %s unless set', (name, value) => {
    expect(new Parameters().get(name)).toBe(value)
    expect(PARAMETER_NAMES).toContain(name)
  })

  test.each([
    ['transactionLifetimeLimitSeconds', 0, 'greater than or equal to 1'],
    ['ttlMonitorSleepSecs', 0, 'greater than 0'],
    ['transactionTooLargeForCacheThreshold', 1.5, 'less than or equal to 1'],
    ['ttlMonitorEnabled', 'yes', 'must be a boolean'],
    ['cursorTimeoutMillis', 'soon', 'as a number'],
    ['cursorTimeoutMillis', null, 'as a number'],
  ] as const)('%s refuses %s: not %s', (name, value, rule) => {
    const parameters = new Parameters()
    const before = parameters.get(name)
    expect(() => parameters.set(name, value)).toThrow(rule)
    expect(parameters.get(name)).toBe(before)
  })

  test('an int is cut to one', () => {
    const parameters = new Parameters({ transactionLifetimeLimitSeconds: 1.9 })
    expect(parameters.get('transactionLifetimeLimitSeconds')).toBe(1)
  })

  test('an unknown one is refused at the start', () => {
    expect(() => new Parameters({ nonsense: 1 } as object)).toThrow(
      'Unknown server parameter: nonsense',
    )
  })

  test('changes are announced by name', () => {
    const heard: string[] = []
    const parameters = new Parameters()
    parameters.onChange((name) => heard.push(name))
    parameters.set('ttlMonitorSleepSecs', 5)
    expect(heard).toEqual(['ttlMonitorSleepSecs'])
  })

  test('some are for the start only', () => {
    expect(isStartupOnly('maxSessions')).toBe(true)
    expect(isStartupOnly('ttlMonitorEnabled')).toBe(false)
  })
})
