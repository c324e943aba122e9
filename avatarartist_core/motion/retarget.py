"""Carries one performer's motion onto another face: offsets from a reference, never absolutes.

The reference says which moment of the clip the portrait stands for. When a frame of the clip looks
like the portrait (its own clip drives it, or performer and portrait both smile there), that frame
is the reference and the avatar follows the performer exactly; otherwise it is the clip's rest.
"""

from dataclasses import dataclass, replace

import numpy as np

from avatarartist_core.config import RetargetConfig
from avatarartist_core.data import Avatar, Floats, Motion, Neutral
from avatarartist_core.heads.find import head_model
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.motion import ARKIT
from avatarartist_core.motion.angles import rotation_from_vector, vector_from_rotation

_TOPOLOGY = "anny-head"
_SAME_FACE = 0.012  # landmark distance, in eye distances, within which a frame is the portrait
_ANOTHER_FACE = 1.6  # multiple of it from which it is somebody else's
_SAME_EXPRESSION = 0.02  # distance of the expression alone, on another person's face
_CLOSE_ENOUGH = 0.2  # squared distance, in the units of the above, that tells nothing
_SHARPNESS = 0.005  # squared distance over which the nearest frames are averaged
_LANDMARKS = 468  # without the irises
_ACTIVE = 160  # landmarks compared
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
        residual 0 mean the portrait's own place and shape. Coefficients of another topology than
        ``anny-head`` and implicit embeddings are absolute as they are: only the pose is carried.
    """
    if motion.spec.topology not in (None, _TOPOLOGY):
        return _carried(avatar, motion, config)
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


def _carried(avatar: Avatar, motion: Motion, config: RetargetConfig) -> Motion:
    """Turn and move as the performer does, on the portrait's fit with the motion's own head."""
    fit = head_model(str(motion.spec.topology)).fit_of(avatar)
    at = _reference(avatar, motion, config).at
    turn = vector_from_rotation(motion.rotation @ at.rotation.T) * config.rotation
    return replace(
        motion,
        rotation=rotation_from_vector(turn) @ fit.rotation,
        translation=(motion.translation - at.translation) * np.float32(config.translation),
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
    low[list(_ONE_SIDED)] *= own
    return np.clip(expression, np.minimum(low, portrait), 1.4).astype(np.float32)


def own_frame(avatar: Avatar, motion: Motion) -> tuple[float, int]:
    """Tell whether a tracked motion shows the avatar's own face, and which frame is the portrait.

    Returns:
        How surely it is the same face, in [0, 1], and the number of the frame most like it;
        (0, 0) for a motion that was authored.
    """
    if not _is_comparable(motion):
        return 0.0, 0
    whole, _, own = _likeness(avatar, motion)
    return own, int(np.argmin(whole))


def _is_comparable(motion: Motion) -> bool:
    tracked = motion.identity is not None and bool(motion.tracked.any())
    return tracked and motion.spec.topology == _TOPOLOGY


def _likeness(avatar: Avatar, motion: Motion) -> tuple[Floats, Floats, float]:
    """Compare each frame with the portrait.

    Returns:
        (T,) squared distance of the whole face and (T,) of the expression alone, in units of what
        counts as the same, inf where no face was seen; and how surely it is the same face.
    """
    face, expression = _distances(avatar, motion)
    whole = np.where(motion.tracked, (face / _SAME_FACE) ** 2, np.inf)
    mimic = np.where(motion.tracked, (expression / _SAME_EXPRESSION) ** 2, np.inf)
    beyond = (np.sqrt(np.min(whole)) - 1) / (_ANOTHER_FACE - 1)
    if whole[0] <= np.min(whole) + _CLOSE_ENOUGH:  # the usual case: a clip drives its own start
        whole[0] = -np.inf
    return whole, mimic, float(1 - np.clip(beyond, 0, 1))


def _reference(avatar: Avatar, motion: Motion, config: RetargetConfig) -> _Reference:
    if config.neutral == "first" and len(motion):
        return _Reference(_frame(motion, np.eye(1, len(motion), dtype=np.float32)[0]), 0.0)
    if config.neutral != "auto" or not _is_comparable(motion):
        return _Reference(motion.neutral, 0.0)
    whole, mimic, own = _likeness(avatar, motion)
    alike = float(np.exp(-np.min(mimic)))
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


def _distances(avatar: Avatar, motion: Motion) -> tuple[Floats, Floats]:
    """Tell how far each frame is from the portrait, in eye distances.

    Returns:
        (T,) distance of the landmarks as drawn, laid over one another by a similarity; and (T,)
        distance of the expressions alone.
    """
    mesh = anny_mesh()
    weights = mesh.landmark_weights[:468, :, None]
    corners = mesh.faces[mesh.landmark_faces[:_LANDMARKS]]

    def at_landmarks(shapes: Floats) -> Floats:
        return np.asarray((shapes[..., corners, :] * weights).sum(axis=-2), np.float32)

    mean, shapes = at_landmarks(mesh.vertices), at_landmarks(mesh.expression)
    eyes = float(np.linalg.norm(mean[_EYES[0]] - mean[_EYES[1]]))
    # The landmarks that move with an expression say most about it.
    active = np.argsort(-np.linalg.norm(shapes, axis=2).max(axis=0))[:_ACTIVE]
    shapes = shapes[:, active]

    offset = (motion.expression - avatar.fit.expression) @ shapes[..., :2].reshape(len(shapes), -1)
    expressed = np.sqrt((offset**2).reshape(len(motion), -1, 2).sum(-1).mean(-1)) / eyes

    assert motion.identity is not None
    face = mean[active] + np.tensordot(motion.identity, at_landmarks(mesh.identity)[:, active], 1)
    points = face + (motion.expression @ shapes.reshape(len(shapes), -1)).reshape(-1, _ACTIVE, 3)
    if motion.residual is not None:
        points[..., :2] += motion.residual[:, active]
    drawn = np.einsum("tij,tnj->tni", motion.rotation[:, :2], points)
    portrait = avatar.landmarks[active, :2] * np.array([1, -1], np.float32)
    apart = _apart(drawn, portrait) / np.float32(avatar.fit.scale * eyes)
    return apart, np.asarray(expressed, np.float32)


def _apart(shapes: Floats, target: Floats) -> Floats:
    """Return the (T,) rms distance of (T, N, 2) shapes laid over (N, 2) by a similarity each."""
    z = shapes[..., 0] + 1j * shapes[..., 1]
    w = target[:, 0] + 1j * target[:, 1]
    z, w = z - z.mean(axis=1, keepdims=True), w - w.mean()
    fitted = (z.conj() @ w) / (np.abs(z) ** 2).sum(axis=1)
    missed = np.abs(fitted[:, None] * z - w)
    return np.asarray(np.sqrt((missed**2).mean(axis=1)), np.float32)


def _soft(distance: Floats) -> Floats:
    """Turn (T,) squared distances into weights that average the nearest few frames."""
    if np.isneginf(distance.min()):
        return np.isneginf(distance).astype(np.float32)
    weights = np.exp(-(distance - distance.min()) / _SHARPNESS)
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
