"""The plugins a command works with; one that had to be left out is named once, on stderr."""

from avatarartist_core import plugins
from avatarartist_core.cli.console import say


def installed(*, quiet: bool = False) -> plugins.Plugins:
    """Load the plugins and say which could not be used; the command goes on with the others."""
    found = plugins.installed()
    if found.failures and not quiet:
        first, others = found.failures[0], len(found.failures) - 1
        more = f" ({others} more)" if others else ""
        say(f"left out of plugin {first.name!r}: {first.reason}{more}", style="yellow")
        say("  all of it: aa plugins check", style="yellow")
    return found
