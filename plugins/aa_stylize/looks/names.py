"""The looks by name; each function is imported when a portrait goes there, not before."""

LOOKS: dict[str, str] = {
    "greek-statue": "aa_stylize.looks.statue:greek_statue",
    "zombie": "aa_stylize.looks.creatures:zombie",
    "orc": "aa_stylize.looks.creatures:orc",
    "devil": "aa_stylize.looks.creatures:devil",
    "skeleton": "aa_stylize.looks.painted_faces:skeleton",
    "peking-opera": "aa_stylize.looks.painted_faces:peking_opera",
}
"""Name of a look to ``"package.module:function"``.

The function is called as ``look(scene, config)`` with a ``Scene`` and a ``StylizeConfig``; it
returns the (P, P, 3) float32 RGB picture in [0, 1].
"""

GROWN: dict[str, str] = {
    "devil": "aa_stylize.looks.creatures:horns",
}
"""Name of a look to what it adds to the person, ``function(scene)``: (P, P) float32 in [0, 1]."""
