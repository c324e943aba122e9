"""Where the mesh map lies in the front plane, for planes of any resolution."""

from pydantic import BaseModel, Field


class FaceBox(BaseModel, frozen=True, extra="forbid"):
    """The window of the front plane that the mesh map covers, in texels of a plane of 256.

    Rows grow with y, upward in the picture. Windows of other resolutions are scaled down to whole
    texels, never moved outward.

    Attributes:
        top: first row.
        left: first column.
        side: rows and columns.
        hole_row: first row of the 256-row map whose holes are copied rather than generated: above
            it lie the upper part of an open mouth and the eyes.
    """

    top: int = Field(57, ge=0)
    left: int = Field(64, ge=0)
    side: int = Field(128, ge=2)
    hole_row: int = Field(87, ge=0)

    @property
    def shares(self) -> tuple[float, float, float, float]:
        """Left, first row, right and last row of the window as shares of a plane's side."""
        right, bottom = self.left + self.side, self.top + self.side
        return self.left / 256, self.top / 256, right / 256, bottom / 256

    def window(self, resolution: int) -> tuple[slice, slice]:
        """Return the rows and the columns of the window in a plane of that resolution."""
        top, left = self.top * resolution // 256, self.left * resolution // 256
        side = max(1, self.side * resolution // 256)
        return slice(top, top + side), slice(left, left + side)

    def first_copied_row(self, resolution: int) -> int:
        """Return ``hole_row`` of a map of that resolution."""
        return self.hole_row * resolution // 256
