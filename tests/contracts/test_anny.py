from avatarartist_core.heads.plugin import aa_components
from avatarartist_core.testing import HeadModelContract


class TestAnny(HeadModelContract):
    entry = next(iter(aa_components()))
    plugin = "avatarartist_core.heads.plugin"
    identities = 80
