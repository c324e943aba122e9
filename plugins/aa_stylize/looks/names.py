"""The looks by name; each function is imported when a portrait goes there, not before."""

LOOKS: dict[str, str] = {
    "greek-statue": "aa_stylize.looks.statue:greek_statue",
}
"""Name of a look to ``"package.module:function"``.

The function is called as ``look(scene, config)`` with a ``Scene`` and a ``StylizeConfig``; it
returns the (P, P, 3) float32 RGB picture in [0, 1].
"""
