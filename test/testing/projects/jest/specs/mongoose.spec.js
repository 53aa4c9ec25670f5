const mongoose = require('mongoose')

const User = mongoose.model('User', new mongoose.Schema({ email: { type: String, unique: true } }))

// Neither is awaited, and still the index is there for every test.
mongoose.connect(process.env.MONGODB_URI)

afterAll(() => mongoose.disconnect())

test.each([1, 2])('a unique index holds (%i)', async () => {
  await User.create({ email: 'ada@x' })
  await expect(User.create({ email: 'ada@x' })).rejects.toMatchObject({ code: 11000 })
})

describe('under fake timers', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] }))
  afterEach(() => jest.useRealTimers())

  test.each([1, 2])('commands are answered, and tests put back (%i)', async () => {
    expect(await User.countDocuments()).toBe(0)
    await User.create({ email: 'ada@x' })
  })
})
