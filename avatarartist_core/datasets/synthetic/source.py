"""The portrait source ``synthetic``: as many labelled heads as are asked for."""

import numpy as np

from avatarartist_core.data import Portrait
from avatarartist_core.datasets.sample import Labels, Sample, Value
from avatarartist_core.datasets.source import PortraitSource
from avatarartist_core.datasets.synthetic.background import random_background
from avatarartist_core.datasets.synthetic.draw import draw
from avatarartist_core.datasets.synthetic.expressions import random_expression, random_gaze
from avatarartist_core.datasets.synthetic.person import person
from avatarartist_core.datasets.synthetic.views import random_view, rotation_of
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
        """Draw head ``index``: its person, expression, look, camera and background."""
        side = self.config.side
        someone = person([seed, index, 0], self.config)
        rng = np.random.default_rng([seed, index, 1])
        expression, gaze = random_expression(rng), random_gaze(rng)
        camera = random_view(rng, self.config)
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
        return Sample(f"synthetic-{seed}-{index:08d}", portrait, labels, provenance)
