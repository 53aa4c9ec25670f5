/** The example's own tests, which are the test that it works. */
import '../../examples/mongoose/shop.test.ts'
