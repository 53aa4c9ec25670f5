/** Mongoose's queries over the wire: finding, populating, counting, aggregating, iterating. */
import mongoose, { Schema, type Types } from 'mongoose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { usePalimpsest } from '../../src/testing/vitest.ts'

const db = usePalimpsest({ listen: true, database: 'app' })

interface Author {
  name: string
  age: number
}

interface Book {
  title: string
  author: Types.ObjectId
  readers: Types.ObjectId[]
  pages: number
  genre: string
}

const Author = mongoose.model('Author', new Schema<Author>({ name: String, age: Number }))
const bookSchema = new Schema<Book>({
  title: String,
  author: { type: Schema.Types.ObjectId, ref: 'Author' },
  readers: [{ type: Schema.Types.ObjectId, ref: 'Author' }],
  pages: Number,
  genre: String,
})
const Book = mongoose.model('Book', bookSchema)

beforeAll(async () => {
  await mongoose.connect(db.uri)
  const [ada, brian, cleo] = await Promise.all([
    Author.create({ name: 'Ada', age: 36 }),
    Author.create({ name: 'Brian', age: 50 }),
    Author.create({ name: 'Cleo', age: 20 }),
  ])
  await Book.create([
    { title: 'One', author: ada._id, readers: [brian._id, cleo._id], pages: 100, genre: 'novel' },
    { title: 'Two', author: ada._id, readers: [], pages: 300, genre: 'novel' },
    { title: 'Three', author: brian._id, readers: [cleo._id], pages: 200, genre: 'poems' },
  ])
})
afterAll(() => mongoose.disconnect())

const titles = (books: readonly { title: string }[]) => books.map(({ title }) => title)

test('filters, sorts, limits, projects', async () => {
  const thick = Book.find().where('pages').gte(150).sort('-pages')
  expect(titles(await thick)).toEqual(['Two', 'Three'])
  expect(titles(await Book.find({ title: /^t/i }).sort({ title: 1 }).skip(1).limit(1))).toEqual([
    'Two',
  ])
  const bare = await Book.findOne({ title: 'One' }).select('title -_id').lean()
  expect(bare).toEqual({ title: 'One' })
  const either = await Book.find({ $or: [{ genre: 'poems' }, { pages: { $lt: 150 } }] }).sort(
    'title',
  )
  expect(titles(either)).toEqual(['One', 'Three'])
})

describe('populate', () => {
  test('one reference, and many, in as many finds as there are models', async () => {
    const books = await Book.find()
      .sort('pages')
      .populate<{ author: Author }>('author', 'name')
      .populate<{ readers: Author[] }>({ path: 'readers', options: { sort: { age: 1 } } })
    expect(books.map(({ author }) => author.name)).toEqual(['Ada', 'Brian', 'Ada'])
    expect(books[0]!.readers.map(({ name }) => name).sort()).toEqual(['Brian', 'Cleo'])
    expect(books[0]!.author.age).toBeUndefined()
  })

  test('what matches only', async () => {
    const match = { age: { $gt: 30 } }
    const book = await Book.findOne({ title: 'One' })
      .populate<{ readers: Author[] }>({ path: 'readers', match })
      .orFail()
    expect(book.readers.map(({ name }) => name)).toEqual(['Brian'])
  })

  test('the other way round, by a virtual', async () => {
    const schema = new Schema<Author>({ name: String }, { collection: 'authors' })
    schema.virtual('books', { ref: 'Book', localField: '_id', foreignField: 'author' })
    const Writer = mongoose.model('Writer', schema)
    const ada = await Writer.findOne({ name: 'Ada' }).populate('books').orFail()
    expect(titles(ada.get('books')).sort()).toEqual(['One', 'Two'])
  })
})

test('counts and distinct values', async () => {
  expect(await Book.countDocuments({ genre: 'novel' })).toBe(2)
  expect(await Book.estimatedDocumentCount()).toBe(3)
  expect((await Book.distinct('genre')).sort()).toEqual(['novel', 'poems'])
  expect(await Book.distinct('readers', { title: 'Two' })).toEqual([])
  expect(await Book.exists({ title: 'Four' })).toBeNull()
})

describe('aggregate', () => {
  test('groups', async () => {
    const groups = await Book.aggregate([
      { $match: { pages: { $gt: 50 } } },
      { $group: { _id: '$genre', pages: { $sum: '$pages' }, books: { $sum: 1 } } },
      { $sort: { _id: 1 } },
    ])
    expect(groups).toEqual([
      { _id: 'novel', pages: 400, books: 2 },
      { _id: 'poems', pages: 200, books: 1 },
    ])
  })

  // Waits for $lookup and $unwind.
  test('joins', async () => {
    const joined = await Book.aggregate<{ title: string; by: string }>()
      .lookup({ from: 'authors', localField: 'author', foreignField: '_id', as: 'authors' })
      .unwind('authors')
      .sort('title')
      .project({ _id: 0, title: 1, by: '$authors.name' })
    expect(joined).toEqual([
      { title: 'One', by: 'Ada' },
      { title: 'Three', by: 'Brian' },
      { title: 'Two', by: 'Ada' },
    ])
  })

  test('computes', async () => {
    const computed = await Book.aggregate([
      { $addFields: { thick: { $gte: ['$pages', 200] } } },
      { $project: { _id: 0, line: { $concat: ['$title', ': ', '$genre'] }, thick: 1 } },
      { $sort: { line: 1 } },
    ])
    expect(computed).toEqual([
      { line: 'One: novel', thick: false },
      { line: 'Three: poems', thick: true },
      { line: 'Two: novel', thick: true },
    ])
  })
})

describe('a cursor', () => {
  test('of a query gives documents one by one, over several batches', async () => {
    await Author.insertMany(Array.from({ length: 250 }, (_, age) => ({ name: 'many', age })))
    let sum = 0
    for await (const { age } of Author.find({ name: 'many' }).sort({ age: 1 }).batchSize(20)) {
      sum += age
    }
    expect(sum).toBe((249 * 250) / 2)
    let seen = 0
    await Author.find({ name: 'many' })
      .cursor({ batchSize: 40 })
      .eachAsync(() => void seen++, { parallel: 5 })
    expect(seen).toBe(250)
  })

  test('that is left early stays open until it is closed', async () => {
    await Author.insertMany(Array.from({ length: 50 }, (_, age) => ({ name: 'many', age })))
    const cursor = Author.find({ name: 'many' }).cursor({ batchSize: 5 })
    for await (const _ of cursor) break
    expect(db.sim.stats().openCursors).toBe(1)
    await cursor.close()
    expect(db.sim.stats().openCursors).toBe(0)
  })

  test('of an aggregation', async () => {
    const seen: string[] = []
    const cursor = Book.aggregate<Book>([{ $sort: { pages: 1 } }]).cursor({ batchSize: 1 })
    for await (const { title } of cursor) seen.push(title)
    expect(seen).toEqual(['One', 'Three', 'Two'])
  })
})

describe('discriminators', () => {
  interface Shape {
    name: string
  }
  const Shape = mongoose.model('Shape', new Schema<Shape>({ name: String }))
  const Circle = Shape.discriminator('Circle', new Schema({ radius: Number }))
  const Square = Shape.discriminator('Square', new Schema({ side: Number }))

  test('share a collection, and each sees its own', async () => {
    await Circle.create({ name: 'c', radius: 2 })
    await Square.create([
      { name: 's', side: 1 },
      { name: 't', side: 3 },
    ])
    expect(await Shape.countDocuments()).toBe(3)
    expect((await Square.find().sort('name')).map(({ name }) => name)).toEqual(['s', 't'])
    const all = await Shape.find().sort('name')
    expect(all.map((shape) => shape.get('__t'))).toEqual(['Circle', 'Square', 'Square'])
    await Square.updateMany({}, { $inc: { side: 1 } })
    expect((await Square.find().sort('name').lean()).map(({ side }) => side)).toEqual([2, 4])
    await Circle.deleteMany()
    expect(await Shape.countDocuments()).toBe(2)
  })
})

test('numbers keep their types', async () => {
  const schema = new Schema({
    int: Schema.Types.Int32,
    double: Schema.Types.Double,
    long: Schema.Types.BigInt,
    decimal: Schema.Types.Decimal128,
    plain: Number,
    whole: Number,
  })
  const Numbers = mongoose.model('Numbers', schema)
  const made = await Numbers.create({
    int: 7,
    double: 7,
    long: 7n,
    decimal: '7.10',
    plain: 7.5,
    whole: 7,
  })
  const byType = async (field: string, type: string) =>
    (await Numbers.collection.countDocuments({ [field]: { $type: type } })) === 1
  expect(await byType('int', 'int')).toBe(true)
  expect(await byType('double', 'double')).toBe(true)
  expect(await byType('long', 'long')).toBe(true)
  expect(await byType('decimal', 'decimal')).toBe(true)
  expect(await byType('plain', 'double')).toBe(true)
  expect(await byType('whole', 'int')).toBe(true)
  const found = await Numbers.findById(made._id).orFail()
  expect(found.get('long')).toBe(7n)
  expect(String(found.get('decimal'))).toBe('7.10')
  await Numbers.updateOne({ _id: made._id }, { $inc: { long: 1n, decimal: '0.05' } })
  const more = await Numbers.findById(made._id).orFail()
  expect(more.get('long')).toBe(8n)
  expect(String(more.get('decimal'))).toBe('7.15')
})
