"""Work that survives us: a job table, leases by mall, durable steps."""

from .queue import JobQueue
from .worker import Worker

__all__ = ["JobQueue", "Worker"]
