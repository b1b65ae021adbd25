import Glibc

fatalError("Freshet is not built yet")
