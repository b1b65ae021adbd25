import Glibc

fatalError("Server is not built yet")
