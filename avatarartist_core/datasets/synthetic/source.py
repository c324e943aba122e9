"""The portrait source ``synthetic``: as many labelled heads as are asked for."""

import numpy as np

from avatarartist_core.data import Portrait
from avatarartist_core.datasets.sample import Labels, Sample, Value
from avatarartist_core.datasets.source import PortraitSource
from avatarartist_core.datasets.synthetic.background import random_background
from avatarartist_core.datasets.synthetic.draw import draw
from avatarartist_core.datasets.synthetic.expressions import (
    calmed,
    random_expression,
    random_gaze,
)
from avatarartist_core.datasets.synthetic.person import person
from avatarartist_core.datasets.synthetic.views import (
    first_view,
    further_view,
    random_view,
    rotation_of,
)
from avatarartist_core.heads.find import head_model
from avatarartist_core.heads.mesh_map import mesh_maps

TOPOLOGY = "anny-head"


class Synthetic(PortraitSource):
    """Procedural heads: every label is exact, since the source draws what it labels."""

    @property
    def count(self) -> int | None:
        """None: there is no end of them."""
        return None

    def sample(self, index: int, *, seed: int = 0) -> Sample:
        """Draw head ``index``: its person, expression, look, camera and background.

        With several views a person, ``index`` counts the views of the first person, then those of
        the second.
        """
        side, views = self.config.side, self.config.views
        number, seen_as = divmod(index, views)
        someone = person([seed, number, 0], self.config)
        rng = np.random.default_rng([seed, index, 1] if views == 1 else [seed, number, 2, seen_as])
        expression, gaze = random_expression(rng), random_gaze(rng)
        if views == 1:
            camera = random_view(rng, self.config)
        elif seen_as == 0:
            expression = calmed(expression, rng)
            camera = first_view(rng, self.config)
        else:
            camera = further_view(rng, self.config)
        drawing = draw(someone, expression, gaze, camera, side)
        fit = drawing.fit
        (mesh_map,) = mesh_maps(
            head_model(TOPOLOGY), fit.identity, fit.expression[None], fit.gaze[None]
        )
        portrait = Portrait(
            picture=drawing.over(random_background(rng, side)),
            to_file=np.eye(2, 3, dtype=np.float32),
            landmarks=drawing.landmarks,
            mask=drawing.alpha,
            fit=fit,
            score=1.0,
            humanness=1.0,
            source=f"synthetic {seed}/{index}",
        )
        labels = Labels(
            topology=TOPOLOGY,
            mesh_map=mesh_map,
            camera=camera,
            identity=fit.identity,
            expression=fit.expression,
            gaze=fit.gaze,
            rotation=rotation_of(camera),
            depth=drawing.depth,
        )
        provenance: dict[str, Value] = {
            "source": "synthetic",
            "seed": seed,
            "index": index,
            "wild": someone.is_wild,
        }
        if views > 1:
            provenance |= {"person": number, "view": seen_as}
        return Sample(f"synthetic-{seed}-{index:08d}", portrait, labels, provenance)
