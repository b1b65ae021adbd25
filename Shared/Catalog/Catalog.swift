// Catalog: to be built.
