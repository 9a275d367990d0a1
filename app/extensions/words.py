"""The sentences of the extensions."""

from commands.kernel.texts import beside

WORDS = beside(__file__)
