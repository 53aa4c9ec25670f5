/**
 * The fixture itself, across the border between Jest's realm and the simulator's.
 * @jest-environment-options {"palimpsest": {"time": "auto", "listen": false, "seed": 7}}
 */
const users = () => palimpsest.client.db('app').collection('users')

test('dates, maps and patterns are what they are, wherever they were made', async () => {
  const at = new Date('2025-07-23T08:47:00Z')
  await users().insertOne({ _id: 1, at, name: 'Ada', bytes: Buffer.from([1, 2]) })
  const found = await users().findOne({ at, name: /^a/i })
  expect(found).toMatchObject({ _id: 1, name: 'Ada' })
  expect(Number(found.at)).toBe(Number(at))
})

test('virtual time passes, real time does not', async () => {
  const session = palimpsest.client.startSession()
  session.startTransaction()
  await users().insertOne({ _id: 2 }, { session })
  const before = Date.now()
  await palimpsest.sim.clock.sleep(120_000)
  expect(Date.now() - before).toBeLessThan(100_000)
  await expect(session.commitTransaction()).rejects.toMatchObject({ code: 251 })
})

test('reset goes back', async () => {
  await users().insertOne({ _id: 3 })
  await palimpsest.reset()
  expect(await users().countDocuments()).toBe(0)
})

test('nobody can connect', () => {
  expect(process.env.MONGODB_URI).toBeUndefined()
  expect(() => palimpsest.uri).toThrow('listen: true')
})
