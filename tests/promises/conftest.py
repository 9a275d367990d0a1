from tests.databases import *  # noqa: F403  the fixture `database`
