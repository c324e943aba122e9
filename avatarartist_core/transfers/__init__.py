"""Whether a carried portrait still shows the face it came from."""

from avatarartist_core.transfers.deviation import Bounds, Deviation, deviation, is_flat

__all__ = ["Bounds", "Deviation", "deviation", "is_flat"]
