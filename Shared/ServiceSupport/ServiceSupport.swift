// ServiceSupport: to be built.
