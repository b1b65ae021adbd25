"""Runs the suite as processes, feeds and breaks it, and checks it against a second opinion written from docs alone."""
