// Stores: to be built.
