"""Personal data as it may be shown: enough to recognise one's own."""

_SHORT_NAME = 2
_LAST_DIGITS = 4


def masked_name(name: str) -> str:
    """`김민지` → `김*지`, `김민` → `김*`."""
    text = name.strip()
    if len(text) <= _SHORT_NAME:
        return text[:1] + "*" * (len(text) - 1)
    return text[0] + "*" * (len(text) - 2) + text[-1]


def masked_cellphone(number: str) -> str:
    """`010-1234-5678` → `010-****-5678`; whatever is not a number of ours is hidden but for its end."""
    digits = "".join(c for c in number if c.isdigit())
    if len(digits) <= _LAST_DIGITS:
        return "*" * len(digits)
    return f"{digits[:3]}-****-{digits[-_LAST_DIGITS:]}"
