/// What every service reads: log and admin port.
///
/// | key | default | meaning |
/// |---|---|---|
/// | `admin.host` | `127.0.0.1` | address of health and metrics |
/// | `admin.port` | per service | port of health and metrics |
/// | `log.level`, `log.format` | `info`, `json` | see ``LogSettings`` |
struct CommonSettings: Sendable, Hashable {
    let log: LogSettings
    let admin: ListenerSettings

    init(from reader: SettingsReader, adminPort: Int) throws(SettingsError) {
        log = try LogSettings(from: reader)
        admin = try ListenerSettings(from: reader, prefix: "admin", port: adminPort)
    }
}

extension FreshetService {
    /// Every setting of the service with its default, as help and documentation show it.
    public static func documentedSettings() -> [Setting] {
        let reader = SettingsReader.defaults()
        do throws(SettingsError) {
            _ = try CommonSettings(from: reader, adminPort: defaultAdminPort)
            _ = try settings(from: reader)
        } catch {
            preconditionFailure("the defaults of \(name) are wrong: \(error)")
        }
        return reader.settings
    }
}
