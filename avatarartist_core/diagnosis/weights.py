"""The bundles of weights: how many, how large, under which licences, which are broken."""

from collections.abc import Iterator

from avatarartist_core.diagnosis.finding import Finding
from avatarartist_core.errors import WeightsError
from avatarartist_core.plugins import Plugins
from avatarartist_core.weights.bundle import Bundle, places, weights_home

GROUP = "weights"


def bundles(plugins: Plugins) -> Iterator[Finding]:
    """Look at every bundle's description; their files are checked by ``aa weights verify``."""
    entries = [entry for entry, _ in plugins.components()]
    packages = dict.fromkeys(entry.factory.partition(":")[0].split(".")[0] for entry in entries)
    sound: list[Bundle] = []
    shipped = 0
    for place in places(packages=packages):
        try:
            sound.append(place.read())
            shipped += place.shipped
        except WeightsError as error:
            name = f"{place.name} {place.component}"
            if place.shipped:
                yield Finding(GROUP, name, str(error), "fault", "Install its package again.")
            else:
                mend = f"aa weights remove {name}, or import it again"
                yield Finding(GROUP, name, str(error), "note", mend)
    size = sum(bundle.size for bundle in sound) / 1e6
    yours = f"{len(sound) - shipped} yours in {weights_home()}"
    yield Finding(GROUP, "bundles", f"{shipped} shipped, {yours}, {size:.0f} MB")
    for licence in sorted({bundle.licence for bundle in sound}):
        of = [f"{each.name} {each.component}" for each in sound if each.licence == licence]
        unknown = licence.startswith("unknown")
        mend = "Ask their owners before you publish what they make." if unknown else ""
        value = f"{licence}: {', '.join(of)}"
        yield Finding(GROUP, "licence", value, "note" if unknown else "ok", mend)
