// Sessions: to be built.
