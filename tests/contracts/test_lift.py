from aa_lift.plugin import aa_components
from avatarartist_core.entries import GeneratorEntry, RendererEntry
from avatarartist_core.testing import GeneratorContract, RendererContract


class TestLift(GeneratorContract):
    entry = next(entry for entry in aa_components() if isinstance(entry, GeneratorEntry))


class TestLayers(RendererContract):
    entry = next(entry for entry in aa_components() if isinstance(entry, RendererEntry))
