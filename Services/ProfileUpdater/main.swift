import Glibc

fatalError("ProfileUpdater is not built yet")
