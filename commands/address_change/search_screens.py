"""`/배송지변경` on a phone: look a place up by words, where the operator runs a search; what was typed is kept."""

from commands.claim_forms import Input
from commands.kernel.failures import Failure, FailureType
from commands.kernel.ports import Place, PostcodeSearch, Unavailable
from commands.kernel.screen import Button, Choice, Field, Notice, Screen, Show, Tone
from commands.kernel.spec import Ask
from commands.postal import LONGEST_SEARCH, read_search

from .command import COMMAND
from .finding_out import TEXTS
from .screens import FORM, SEARCH, carried, form_screen


async def search_screen(ask: Ask, given: Input) -> Screen:
    """Without a search the form itself; without words the question; else what was found."""
    search = ask.ports.postcodes
    if search is None:
        return await form_screen(ask, given)
    if "words" not in given:
        return _question(ask, given)
    words, problem = read_search(str(given["words"]))
    if problem:
        key = f"search.{problem}" if TEXTS.has(f"search.{problem}") else f"field.{problem}"
        return _question(ask, given, words, error=_say(ask, key))
    places, trouble = await _found(ask, search, words)
    if trouble or not places:
        return _question(ask, given, words, notice=Notice(_say(ask, trouble or "search.none"), Tone.WARNING))
    return _choosing(ask, given, places)


async def _found(ask: Ask, search: PostcodeSearch, words: str) -> tuple[tuple[Place, ...], str]:
    """The places, or the key of a sentence: the address can be typed all the same."""
    try:
        return await search.find(ask.shop, ask.caller, words), ""
    except Unavailable:
        return (), "search.unavailable"
    except Failure as failure:
        if failure.type is not FailureType.TOO_MANY:
            raise
        return (), "search.tooMany"


def _question(
    ask: Ask, given: Input, words: str = "", *, error: str = "", notice: Notice | None = None
) -> Screen:
    label, hint = _say(ask, "field.words"), _say(ask, "hint.words")
    field = Field("words", label, value=words, hint=hint, error=error, max_length=LONGEST_SEARCH)
    again = Show(COMMAND, SEARCH, carried(given))
    return Screen(
        title=_say(ask, "search.title"),
        lead=_say(ask, "search.lead"),
        notices=(notice,) if notice else (),
        fields=(field,),
        submit=Button(_say(ask, "search.submit"), again, style="primary"),
        buttons=(_by_hand(ask, given),),
    )


def _choosing(ask: Ask, given: Input, places: tuple[Place, ...]) -> Screen:
    choices = tuple(Choice(f"{p.zipcode} {p.address1}", p.address1, p.zipcode) for p in places)
    here = Show(COMMAND, FORM, carried(given) | {"picked": True})
    again = Show(COMMAND, SEARCH, carried(given))
    return Screen(
        title=_say(ask, "search.found"),
        lead=_say(ask, "search.foundLead"),
        fields=(Field("place", _say(ask, "field.place"), "choice", choices=choices),),
        submit=Button(_say(ask, "search.pick"), here, style="primary"),
        buttons=(Button(_say(ask, "search.again"), again), _by_hand(ask, given)),
    )


def _by_hand(ask: Ask, given: Input) -> Button:
    return Button(_say(ask, "search.byHand"), Show(COMMAND, FORM, carried(given)), style="quiet")


def _say(ask: Ask, key: str) -> str:
    return TEXTS.say(ask.language, key)
