// Redis: to be built.
