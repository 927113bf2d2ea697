"""How `make docs` builds these pages."""

project = "verifier"
extensions = ["myst_parser"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "verifier"
exclude_patterns = ["conf.py"]
