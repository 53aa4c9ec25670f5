/**
 * The application: a library that lends books. It knows the official driver and nothing else.
 */

/** The shelves: one document for each copy, and one for each loan. */
export class Library {
  #client
  #books
  #loans

  constructor(client) {
    this.#client = client
    this.#books = client.db('library').collection('books')
    this.#loans = client.db('library').collection('loans')
  }

  async open() {
    await this.#books.createIndex({ isbn: 1 }, { unique: true })
    await this.#loans.createIndex({ isbn: 1, reader: 1 }, { unique: true })
  }

  async add(isbn, copies) {
    await this.#books.insertOne({ isbn, copies })
  }

  /** Lends a copy: both documents change, or none does. */
  async lend(isbn, reader) {
    await this.#client.withSession((session) =>
      session.withTransaction(async () => {
        await this.#loans.insertOne({ isbn, reader }, { session })
        const taken = await this.#books.updateOne(
          { isbn, copies: { $gt: 0 } },
          { $inc: { copies: -1 } },
          { session },
        )
        if (taken.modifiedCount === 0) throw new Error(`No copy of ${isbn} is left.`)
      }),
    )
  }

  async copiesOf(isbn) {
    const book = await this.#books.findOne({ isbn })
    return book?.copies
  }

  async readersOf(isbn) {
    const loans = await this.#loans.find({ isbn }).sort({ reader: 1 }).toArray()
    return loans.map(({ reader }) => reader)
  }
}
