"""Scancode's command without the plug-ins that our options do not ask for: loading all of them takes a second, and each of these
does nothing unless an option of its own is given (`is_enabled` of each). What else is installed is asked once, not for each file.
"""

from functools import cache
from importlib.metadata import distribution

ASKED = {
    "scancode_pre_scan": (
        "ignore",
    ),  # without an option it is not enabled either; it goes with the walk through the tree
    "scancode_scan": ("copyrights", "info", "licenses"),
    "scancode_post_scan": (),
    "scancode_output_filter": (),
    "scancode_output": ("json",),
}


def install():
    """Lets its plug-in manager find these alone; other groups as before."""
    from pluggy import PluginManager  # noqa: PLC0415 - imported while the collector sleeps
    from typecode._vendor.pygments import plugin  # noqa: PLC0415

    whole, entries = PluginManager.load_setuptools_entrypoints, distribution("scancode-toolkit-mini").entry_points

    def load(self, group, name=None):
        if group not in ASKED:
            return whole(self, group, name)
        for entry in entries.select(group=group):
            if entry.name in ASKED[group]:
                self.register(entry.load(), name=entry.name)
        return len(ASKED[group])

    PluginManager.load_setuptools_entrypoints = load
    plugin.iter_entry_points = cache(plugin.iter_entry_points)
