"""The delivered tests: how they may be run, what their runs said, what that comes to. Pure."""
