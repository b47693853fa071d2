"""The docks of the window: one folder each, found by discovery."""
