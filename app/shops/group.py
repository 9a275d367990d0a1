"""The base of every group of settings."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Group(BaseModel):
    """Unknown keys are refused: a typing mistake must not look like a choice."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, validate_by_name=True
    )
