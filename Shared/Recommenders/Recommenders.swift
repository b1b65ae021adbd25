// Recommenders: to be built.
