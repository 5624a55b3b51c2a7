"""How the documentation is built: ``sphinx -W``; pages with code cells are run."""

import itilcore

project = "itilcore"
author = "The itilcore authors"
copyright = "2026, the itilcore authors"
release = version = itilcore.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["deflist"]
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120

nitpicky = True
nitpick_ignore = [
    ("py:class", "enum.Enum"),  # in Python's own pages, which a build does not fetch
    ("py:class", "itilcore.priority.lookup.Lookup"),  # what it has stands at its two kinds
    ("py:obj", "itilcore.decision.T_co"),  # the type of a decision's answer
    ("py:obj", "itilcore.priority.level_rules.L"),  # the type of the level that rules give
]

autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_default_options = {"members": True, "show-inheritance": True}

html_theme = "furo"
html_title = f"itilcore {version}"
