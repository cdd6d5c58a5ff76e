"""The baseline of `ingest` as a process: the same rows by plain SQL, one transaction for each message.

Reads from its input, pickled by the bench that starts it: connection facts, schema, and for each message its rows as
(statement, values). Prints the milliseconds each transaction took and when it all began and ended.
"""

import json
import pickle
import sys
import time
from typing import Any

import psycopg
from psycopg import sql


def main() -> None:
    """Insert everything."""
    facts: dict[str, Any] = pickle.load(sys.stdin.buffer)  # noqa: S301  from our own parent
    with psycopg.connect(**facts["connection"], autocommit=True) as connection:
        schema = sql.Identifier(facts["schema"])
        connection.execute(sql.SQL("SET ROLE {}").format(schema))
        connection.execute(sql.SQL("SET search_path = {}, ext").format(schema))
        times = []
        began = time.monotonic()
        for rows in facts["messages"]:
            before = time.monotonic()
            with connection.transaction():
                for statement, values in rows:
                    connection.execute(statement, values)
            times.append((time.monotonic() - before) * 1000)
    print(json.dumps({"ms": times, "began": began, "ended": time.monotonic()}))


if __name__ == "__main__":
    main()
