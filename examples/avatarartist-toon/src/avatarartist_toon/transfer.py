"""``toon``: carries a portrait into a domain by drawing it as a cartoon."""

from dataclasses import replace

from avatarartist_core.data import Portrait
from avatarartist_core.entries import DomainEntry
from avatarartist_core.interfaces import DomainTransfer, Progress, silent
from avatarartist_toon.drawing import inked, painted, posterised


class ToonTransfer(DomainTransfer):
    """Smooth, posterise, ink. Nothing moves, so landmarks and fit stay true."""

    def transfer(
        self, portrait: Portrait, domain: DomainEntry, *, seed: int = 0, progress: Progress = silent
    ) -> Portrait:
        """Draw the portrait as a cartoon; there is no chance in it, any seed draws the same."""
        options = self.config
        unit = portrait.fit.scale  # pixels of a head unit: strokes are as wide as the head asks
        progress(0, 3)
        smooth = painted(portrait.picture, unit, options.smoothing)
        progress(1, 3)
        flat = posterised(smooth, options.tones, options.colour)
        progress(2, 3)
        cartoon = inked(flat, smooth, unit, options.line_width, options.ink)
        progress(3, 3)
        return replace(portrait, picture=cartoon, domain=domain.name)
