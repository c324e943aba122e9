"""The renderer from and to the tensors of the authors' ``render.pkl``."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from aa_vit.config import RELEASED, ViTShape
from aa_vit.model import MotionViT
from aa_vit.official import key_map
from avatarartist_core.errors import WeightsError

WHAT = "renderer"
STYLES = "styles"  # our own buffer, which the authors keep in a file beside the network


def renderer_from_official(
    state_dict: Mapping[str, Tensor], ws_avg: Tensor | None = None, shape: ViTShape = RELEASED
) -> MotionViT:
    """Build the renderer that the tensors of a ``render.pkl`` (its ``G_ema``) make.

    The model uses the tensors given, it does not copy them. Call it with the inputs of the
    official renderer's section 1, by name, and it returns that section's results::

        model = renderer_from_official(state_dict)
        with torch.inference_mode():
            result = model(
                img=img, triplane=triplane, motion_app=motion_app, motion=motion, mesh=mesh, c=c,
                ws_avg=ws_avg, motion_scale=1.0, noises=noises, u_coarse=u_coarse, u_fine=u_fine,
            )
        result["image_sr"], result["image"], result["image_depth"]
        result["image_feature"], result["triplane"]

    ``noises`` are the 13 pixel noises of the face generator in call order, ``u_coarse`` and
    ``u_fine`` the numbers in [0, 1) behind the samples of the rays; see ``MotionViT.forward`` for
    what None stands for, and ``MotionViT.frame`` for many frames of one avatar.

    Args:
        state_dict: tensors by the authors' names; a 3-D convolution's weight may be there under
            its second name too (``X.weight`` besides ``X.conv.weight``).
        ws_avg: (L, W) style code, for calls that give none.
        shape: sizes of the network.

    Raises:
        WeightsError: a tensor is missing, not known or of another shape.
    """
    with torch.device("meta"):
        model = MotionViT(shape.model_dump(mode="json"))
    shapes = {name: tensor.shape for name, tensor in model.state_dict().items() if name != STYLES}
    tensors = key_map(shape).to_ours(state_dict, shapes, WHAT)
    tensors[STYLES] = style_code(ws_avg, shape)
    model.load_state_dict(tensors, assign=True)
    return model.eval()


def renderer_to_official(model: MotionViT) -> dict[str, Tensor]:
    """Return the tensors in the authors' layout: second names and constant filters included."""
    tensors = model.state_dict()
    del tensors[STYLES]
    return key_map(model.shape).to_official(tensors)


def style_code(ws_avg: Tensor | None, shape: ViTShape) -> Tensor:
    """Check the (L, W) style code, or return zeros where there is none.

    Raises:
        WeightsError: it has another size.
    """
    size = (shape.style_rows, shape.style_width)
    if ws_avg is None:
        return torch.zeros(size)
    if ws_avg.shape != size:
        raise WeightsError(
            f"ws_avg is {tuple(ws_avg.shape)}, needs {size}",
            "Give the first element of the authors' ws_avg.pkl.",
        )
    return ws_avg
