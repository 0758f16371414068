"""The words that all catalog files are made of."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError


class Strict(BaseModel):
    """A block that has the keys it declares and no others, each of exactly its type."""

    model_config = ConfigDict(extra="forbid", strict=True, protected_namespaces=())


def _real_date(text: str) -> str:
    """Refuse a date that no calendar has: missing parts are taken as the first."""
    try:
        date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        raise PydanticCustomError("bad_date", "no such date") from None
    return text


def _listed(value: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
    return [value] if isinstance(value, str) else value


Text = Annotated[str, StringConstraints(min_length=1)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(gt=0)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.+-]*$")]
HubId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][\w.-]*/[A-Za-z0-9_][\w.-]*$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")]
Url = Annotated[str, StringConstraints(pattern=r"^https://\S+$")]
PartialDate = Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$"), AfterValidator(_real_date)]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d$"), AfterValidator(_real_date)]
# One source key, or several.
Sources = Annotated[
    list[Text],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
Modality = Literal["text", "image", "audio", "video"]


class Source(Strict):
    """Where facts were read. At least one of `hub` and `url`, or a note that says what it was."""

    hub: HubId | None = Field(None, description="ORG/NAME on the Hugging Face Hub")
    url: Url | None = Field(None, description="address of a page or file")
    revision: Text | None = Field(None, description="commit or version that was read")
    commit: Text | None = Field(None, description="the same, where it is a commit")
    path: Text | None = Field(None, description="file inside the repository")
    seen: Day | None = Field(None, description="day on which it was read; default: `seen` of the file")
    note: Text | None = Field(None, description="what to know about it")


class Bilingual(Strict):
    """The same sentence in English and Japanese."""

    en: Text
    ja: Text


class Sourced(Strict):
    """A file that names its sources once."""

    seen: Day = Field(description="day on which the sources were read, unless a source says otherwise")
    sources: dict[Text, Source] = Field(default_factory=dict, description="short key -> where it was read")
