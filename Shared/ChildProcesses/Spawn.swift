import Glibc

/// What a new process does with its standard streams; the others are `/dev/null`.
enum Streams {
    case outputTo(Int32)
    case inputFrom(Int32)
}

/// The process group of a new process.
enum Membership {
    case lead
    case join(Int32?)
}

/// Starts a program with no signal blocked or ignored and no descriptors beyond the standard streams.
func spawn(
    _ executable: String,
    _ arguments: [String],
    _ environment: [String: String],
    _ streams: Streams,
    group: Membership
) throws(ChildProcessError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    switch streams {
    case .outputTo(let descriptor):
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, descriptor, 1)
        posix_spawn_file_actions_adddup2(&actions, descriptor, 2)
    case .inputFrom(let descriptor):
        posix_spawn_file_actions_adddup2(&actions, descriptor, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    }
    // Sockets of libraries may lack close-on-exec; a child that holds the broker's port would keep it from a successor.
    closeFrom3(&actions)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var flags = Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    switch group {
    case .lead: posix_spawnattr_setpgroup(&attributes, 0)
    case .join(let id?): posix_spawnattr_setpgroup(&attributes, id)
    case .join(nil): break
    }
    if case .join(nil) = group {} else { flags |= Int16(POSIX_SPAWN_SETPGROUP) }
    posix_spawnattr_setflags(&attributes, flags)

    var argv = ([executable] + arguments).map { strdup($0) }
    var environ = environment.map { strdup("\($0.key)=\($0.value)") }
    argv.append(nil)
    environ.append(nil)
    defer { for text in argv + environ { free(text) } }
    var id = pid_t()
    let status = posix_spawn(&id, executable, &actions, &attributes, argv, environ)
    guard status == 0 else { throw ChildProcessError(executable, status) }
    return id
}

/// Opens a pipe that children do not inherit.
func openPipe(_ ends: inout [Int32]) -> Bool {
    guard pipe(&ends) == 0 else { return false }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return true
}

/// `posix_spawn_file_actions_addclosefrom_np`: glibc 2.34 and later have it, but the Swift module does not show it.
private func closeFrom3(_ actions: inout posix_spawn_file_actions_t) {
    typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
    guard let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else { return }
    _ = unsafeBitCast(symbol, to: CloseFrom.self)(&actions, 3)
}
