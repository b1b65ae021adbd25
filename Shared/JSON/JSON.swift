// JSON: to be built.
