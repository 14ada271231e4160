"""Plans that PostgreSQL has made, kept for as long as a connection lives."""

from __future__ import annotations

from typing import Any

from psycopg import Connection
from psycopg.pq import TransactionStatus


class PlansKept(Connection[Any]):
    """A connection that keeps its prepared statements when a transaction is rolled back.

    psycopg forgets them then, in case the transaction had made the tables that they name; here migrations
    alone make tables. Every page that only reads ends in a rollback: each would plan everything anew.
    """

    def rollback(self) -> None:
        with self.lock:
            if self.pgconn.transaction_status != TransactionStatus.IDLE:
                self.pgconn.exec_(b"ROLLBACK")
