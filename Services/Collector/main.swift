import Glibc

fatalError("Collector is not built yet")
