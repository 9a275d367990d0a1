"""What we tell the platform and its AI agent in words of our own."""

from commands.kernel.texts import beside

WORDS = beside(__file__)
