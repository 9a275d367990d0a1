"""What the tests of jobs share."""

from app.jobs import Worker


class Killed(BaseException):
    """Ends a worker without a word, as a kill does."""


class Seen:
    """A handler that notes what it worked on."""

    def __init__(self):
        self.jobs = []

    @property
    def names(self):
        return [job.payload.get("name") for job in self.jobs]

    async def __call__(self, job):
        self.jobs.append(job)


def worker_of(database, jobs, clock, handlers, worker_id="w1", **options):
    return Worker(database, jobs, handlers, clock, worker_id, **options)


async def rows(database):
    return await database.read("SELECT * FROM job ORDER BY id")
