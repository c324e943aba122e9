"""What is installed of one kind, by name; a wrong name is answered with the nearest right one."""

from collections.abc import Iterator, Mapping
from typing import Any, Generic, Protocol, TypeVar

from avatarartist_core.errors import AvatarArtistError, UnknownNameError, did_you_mean


class Named(Protocol):
    """Anything a registry can hold."""

    @property
    def name(self) -> str:
        """What the user types."""


E = TypeVar("E", bound=Named)


class Registry(Mapping[str, E], Generic[E]):
    """Entries of one kind by name, in the order they came.

    Args:
        kind: what the entries are, in the singular: ``"generator"``.
        listing: the command that lists them.
    """

    def __init__(self, kind: str, listing: str = "aa plugins list") -> None:
        self.kind = kind
        self._listing = listing
        self._entries: dict[str, E] = {}
        self._providers: dict[str, str] = {}

    def add(self, entry: E, provider: str) -> None:
        """Take an entry in.

        Args:
            entry: the description.
            provider: distribution and version that brings it: ``"avatarartist-toon 0.2"``.

        Raises:
            AvatarArtistError: the name is taken; the first one stays.
        """
        if entry.name in self._entries:
            raise AvatarArtistError(
                f"{self.kind} {entry.name!r} of {provider} is already brought by "
                f"{self._providers[entry.name]}",
                hint="The first one stays. Rename one, or leave a plugin out with AA_PLUGINS_OFF.",
            )
        self._entries[entry.name] = entry
        self._providers[entry.name] = provider

    def provider(self, name: str) -> str:
        """Return the distribution and version that brought ``name``."""
        return self._providers[self[name].name]

    def __getitem__(self, name: str) -> E:
        if name not in self._entries:
            raise UnknownNameError(
                f"no {self.kind} is named {name!r}{did_you_mean(name, self._entries)}",
                hint=f"Installed: {', '.join(self) or 'none'}. More: {self._listing}",
            )
        return self._entries[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return the entry, or ``default`` when there is none of that name."""
        return self._entries.get(name, default)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"Registry({self.kind!r}: {', '.join(self)})"
