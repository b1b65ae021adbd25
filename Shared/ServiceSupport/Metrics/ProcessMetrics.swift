import Foundation

/// What the kernel knows about this process, under the names that Prometheus clients use.
///
/// Read from `/proc` when the metrics are collected; elsewhere than on Linux only the start time is there.
enum ProcessMetrics {
    static func register(in registry: MetricsRegistry) {
        registry.gauge("process_start_time_seconds", help: "Start of the process, seconds since 1970.")
            .set(Date().timeIntervalSince1970.rounded())
        guard FileManager.default.fileExists(atPath: "/proc/self/stat") else { return }
        let resident = registry.gauge("process_resident_memory_bytes", help: "Resident memory.")
        let virtual = registry.gauge("process_virtual_memory_bytes", help: "Virtual memory.")
        let seconds = registry.counter("process_cpu_seconds_total", help: "User and system CPU time.")
        let threads = registry.gauge("process_threads", help: "Threads.")
        let files = registry.gauge("process_open_fds", help: "Open file descriptors.")
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        registry.onCollect {
            if let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
                let end = stat.lastIndex(of: ")")
            {
                // After the name in brackets: field 3 is the state, 14 and 15 the CPU time in ticks.
                let fields = stat[stat.index(after: end)...].split(separator: " ")
                if fields.count > 20, let user = Double(fields[11]), let system = Double(fields[12]) {
                    seconds.set(toTotal: (user + system) / ticks)
                    threads.set(Double(fields[17]) ?? 0)
                    virtual.set(Double(fields[20]) ?? 0)
                }
            }
            if let memory = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) {
                let pages = memory.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
                resident.set(pages * Double(sysconf(Int32(_SC_PAGESIZE))))
            }
            if let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
                files.set(open.count)
            }
        }
    }
}
