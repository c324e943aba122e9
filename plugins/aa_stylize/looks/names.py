"""The looks by name; each function is imported when a portrait goes there, not before."""

LOOKS: dict[str, str] = {
    "greek-statue": "aa_stylize.looks.statue:greek_statue",
    "graffiti": "aa_stylize.looks.graffiti:graffiti",
    "xxm": "aa_stylize.looks.retouch:xxm",
    "lyriel": "aa_stylize.looks.lyriel:lyriel",
    "counterfeit": "aa_stylize.looks.anime:counterfeit",
    "aam": "aa_stylize.looks.anime:aam",
    "toon": "aa_stylize.looks.toon:toon",
    "retro": "aa_stylize.looks.retro:retro",
    "pixel-art": "aa_stylize.looks.pixel_art:pixel_art",
    "stained-glass": "aa_stylize.looks.stained_glass:stained_glass",
    "ink": "aa_stylize.looks.ink:ink",
    "pencil": "aa_stylize.looks.pencil:pencil",
    "zombie": "aa_stylize.looks.creatures:zombie",
    "orc": "aa_stylize.looks.creatures:orc",
    "devil": "aa_stylize.looks.creatures:devil",
    "skeleton": "aa_stylize.looks.painted_faces:skeleton",
    "pixar": "aa_stylize.looks.cinema:pixar",
    "3d-animation": "aa_stylize.looks.cinema:animation_3d",
    "tekken": "aa_stylize.looks.cinema:tekken",
    "steampunk": "aa_stylize.looks.steampunk:steampunk",
    "masque": "aa_stylize.looks.masque:masque",
    "elf": "aa_stylize.looks.elf:elf",
    "yoda": "aa_stylize.looks.yoda:yoda",
    "lego": "aa_stylize.looks.lego:lego",
    "hobbit": "aa_stylize.looks.hobbit:hobbit",
    "peking-opera": "aa_stylize.looks.painted_faces:peking_opera",
}
"""Name of a look to ``"package.module:function"``.

The function is called as ``look(scene, config)`` with a ``Scene`` and a ``StylizeConfig``; it
returns the (P, P, 3) float32 RGB picture in [0, 1].
"""

GROWN: dict[str, str] = {
    "devil": "aa_stylize.looks.creatures:horns",
    "elf": "aa_stylize.looks.elf:ears",
    "yoda": "aa_stylize.looks.yoda:ears",
}
"""Name of a look to what it adds to the person, ``function(scene)``: (P, P) float32 in [0, 1]."""
