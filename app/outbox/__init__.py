"""Outbox: every message that must be sent, written once in the transaction of its cause."""
