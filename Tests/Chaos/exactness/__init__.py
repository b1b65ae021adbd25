"""Checks the running suite against a second opinion, written from docs/profiles.md alone."""
