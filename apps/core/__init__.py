"""Mechanisms every app stands on: access, events, tasks, actors, the API's shape.

No tables and no domain words live here. The list of files is closed by a house test.
"""
