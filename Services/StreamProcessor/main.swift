import Glibc

fatalError("StreamProcessor is not built yet")
