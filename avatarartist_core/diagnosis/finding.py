"""One thing that was looked at, and how to mend it."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "note", "fault"]


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Attributes:
        group: heading it stands under.
        name: what was looked at.
        value: what was found, in words.
        state: ``ok``; ``note`` when something optional is missing; ``fault`` when a run can fail.
        mend: the command or step that mends it, or an empty string.
    """

    group: str
    name: str
    value: str
    state: State = "ok"
    mend: str = ""
