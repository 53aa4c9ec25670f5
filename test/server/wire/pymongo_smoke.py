"""What PyMongo does first, against the connection string given; prints what it saw as JSON."""
import json
import sys

import pymongo
from bson import Decimal128, Int64

client = pymongo.MongoClient(sys.argv[1], appname="smoke", serverSelectionTimeoutMS=5000)
demo = client.test.demo
seen = {}

demo.insert_one({"_id": "x", "v": 0, "long": Int64(1), "double": 1.0, "decimal": Decimal128("1.10")})
found = demo.find_one()
seen["types"] = [type(found[name]).__name__ for name in ("v", "long", "double", "decimal")]

with client.start_session() as holder, client.start_session() as other:
    holder.start_transaction()
    demo.update_one({"_id": "x"}, {"$inc": {"v": 2}}, session=holder)
    other.start_transaction()
    try:
        demo.update_one({"_id": "x"}, {"$inc": {"v": 4}}, session=other)
    except pymongo.errors.OperationFailure as error:
        seen["conflict"] = [error.code, error.has_error_label("TransientTransactionError")]
    # Waits, in virtual time, until the holder is swept away.
    seen["modified"] = demo.update_one({"_id": "x"}, {"$inc": {"v": 8}}).modified_count
    try:
        holder.commit_transaction()
    except pymongo.errors.OperationFailure as error:
        seen["commit"] = error.code

seen["value"] = demo.find_one()["v"]
demo.insert_many([{"n": n} for n in range(2500)])
seen["batches"] = sum(1 for _ in demo.find({"n": {"$gte": 0}}, batch_size=100))

compressed = pymongo.MongoClient(sys.argv[1], compressors="zlib")
compressed.test.big.insert_one({"text": "a" * 100_000})
seen["compressed"] = len(compressed.test.big.find_one()["text"])

compressed.close()
client.close()
print(json.dumps(seen))
