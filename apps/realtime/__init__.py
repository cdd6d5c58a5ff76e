"""Nudges to browsers: one socket per tab, one group per person, no content. No tables."""
