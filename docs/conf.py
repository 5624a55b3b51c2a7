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

autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_default_options = {"members": True, "show-inheritance": True}

html_theme = "furo"
html_title = f"itilcore {version}"
