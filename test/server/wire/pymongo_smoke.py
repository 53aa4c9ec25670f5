"""What PyMongo does first, against the connection string given; prints what it saw as JSON.

Runs with PyMongo 3.11, which Debian has, as well as with 4.
"""
import json
import sys

import gridfs
import pymongo
from bson import Decimal128, Int64
from pymongo import DeleteOne, InsertOne, UpdateMany, UpdateOne

client = pymongo.MongoClient(sys.argv[1], appname="smoke", serverSelectionTimeoutMS=5000)
db = client.test
demo = db.demo
seen = {}


def failure(run):
    """The code of the error that this ends with."""
    try:
        run()
    except pymongo.errors.PyMongoError as error:
        return getattr(error, "code", None) or type(error).__name__
    return None


# Numbers come back as what they were.
demo.insert_one({"_id": "x", "v": 0, "long": Int64(1), "double": 1.0, "decimal": Decimal128("1.10")})
found = demo.find_one()
seen["types"] = [type(found[name]).__name__ for name in ("v", "long", "double", "decimal")]

# A conflict, a wait, a transaction that expired.
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
    seen["commit"] = failure(holder.commit_transaction)
seen["value"] = demo.find_one()["v"]

# A transaction that is tried again until it wins.
attempts = []
with client.start_session() as rival, client.start_session() as session:
    rival.start_transaction()
    demo.update_one({"_id": "x"}, {"$inc": {"v": 1}}, session=rival)

    def add(own):
        attempts.append(1)
        if len(attempts) == 2:
            rival.commit_transaction()
        demo.update_one({"_id": "x"}, {"$inc": {"v": 100}}, session=own)
        db.log.insert_one({"attempt": len(attempts)}, session=own)

    session.with_transaction(add)
    seen["with_transaction"] = [len(attempts), demo.find_one()["v"], db.log.count_documents({})]

# Batches, both ways.
demo.insert_many([{"n": n} for n in range(2500)])
seen["batches"] = sum(1 for _ in demo.find({"n": {"$gte": 0}}, batch_size=100))
wrote = demo.bulk_write(
    [
        InsertOne({"_id": "b", "n": -1}),
        UpdateOne({"_id": "b"}, {"$set": {"n": -2}}),
        UpdateMany({"n": {"$lt": 10}}, {"$set": {"small": True}}),
        UpdateOne({"_id": "u"}, {"$set": {"n": -5}}, upsert=True),
        DeleteOne({"_id": "b"}),
    ]
)
counts = [wrote.inserted_count, wrote.matched_count, wrote.modified_count, wrote.deleted_count]
seen["bulk"] = counts + [wrote.upserted_ids]
try:
    demo.bulk_write([InsertOne({"_id": "u"}), InsertOne({"_id": "w"})], ordered=False)
except pymongo.errors.BulkWriteError as error:
    seen["bulk_error"] = [error.details["nInserted"], error.details["writeErrors"][0]["code"]]

# Indexes, commands and errors.
demo.create_index([("n", pymongo.DESCENDING)], unique=True, sparse=True)
seen["indexes"] = sorted(demo.index_information())
seen["duplicate"] = failure(lambda: demo.insert_one({"n": 5}))
seen["modify"] = demo.find_one_and_update({"n": 5}, {"$inc": {"hits": 1}}, return_document=True)["hits"]
total = [{"$match": {"n": {"$gt": 2490}}}, {"$group": {"_id": None, "sum": {"$sum": "$n"}}}]
seen["aggregate"] = list(demo.aggregate(total))[0]["sum"]
seen["distinct"] = len(demo.distinct("n", {"n": {"$lt": 50}}))
seen["unknown"] = failure(lambda: db.command("nonsense"))
seen["names"] = sorted(db.list_collection_names())
seen["version"] = client.server_info()["versionArray"][0]

# A capped collection, followed to its end.
db.create_collection("events", capped=True, size=4096)
db.events.insert_many([{"_id": n} for n in range(3)])
tail = db.events.find(cursor_type=pymongo.CursorType.TAILABLE)
followed = [event["_id"] for event in tail]
db.events.insert_one({"_id": 3})
seen["tailable"] = [followed, tail.alive, [event["_id"] for event in tail]]
tail.close()

# Files in chunks.
files = gridfs.GridFS(db)
seen["file"] = len(files.get(files.put(b"a" * 600000, filename="a")).read())

compressed = pymongo.MongoClient(sys.argv[1], compressors="zlib")
compressed.test.big.insert_one({"text": "a" * 100_000})
seen["compressed"] = len(compressed.test.big.find_one()["text"])

compressed.close()
client.close()
print(json.dumps(seen))
