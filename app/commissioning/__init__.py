"""Commissioning: who is paid to deliver training."""
