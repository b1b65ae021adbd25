import Glibc

fatalError("Scorer is not built yet")
