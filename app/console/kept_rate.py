"""How many of the ship dates that customers were told have been kept, in one sentence."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from app.ports.promises import KeptRate
from commands.kernel.who import ChannelId, Language

from .pages import TEXTS

KeptRateOf = Callable[[ChannelId, datetime], Awaitable[KeptRate]]
PERIOD = timedelta(days=30)


def kept_text(rate: KeptRate, language: Language) -> str:
    """Rounded down: 100% is said only when all of them were kept."""
    ended = rate.kept + rate.late
    if not ended:
        return TEXTS.say(language, "kept.none", days=PERIOD.days)
    percent = rate.kept * 100 // ended
    return TEXTS.say(language, "kept", days=PERIOD.days, percent=percent, kept=rate.kept, ended=ended)
