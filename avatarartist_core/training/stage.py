"""What a training stage is: networks, their losses, and the pictures that show what they learnt."""

from __future__ import annotations

from abc import ABC

from avatarartist_core.interfaces import Component


class TrainingStage(Component, ABC):
    """One thing that ``aa train`` teaches."""
