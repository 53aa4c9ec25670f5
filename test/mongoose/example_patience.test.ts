/** The example's own test, which is the test that it works. */
import '../../examples/mongoose/patience.test.ts'
