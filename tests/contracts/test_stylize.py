from aa_stylize.config import StylizeConfig
from aa_stylize.plugin import aa_components
from avatarartist_core.entries import DomainEntry
from avatarartist_core.testing import DomainTransferContract


class TestStylize(DomainTransferContract):
    entry = next(iter(aa_components()))
    config = StylizeConfig(look="greek-statue")

    def domain(self) -> DomainEntry:
        return DomainEntry(
            name="greek-statue",
            title="Greek statue",
            recipe={"stylize": {"look": "greek-statue"}},
        )
