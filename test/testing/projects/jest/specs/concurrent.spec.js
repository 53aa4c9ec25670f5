test.concurrent('fails: concurrent tests share the store', async () => {})
