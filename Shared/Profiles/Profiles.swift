// Profiles: to be built.
