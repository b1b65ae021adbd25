public import Redis
import Foundation

extension RedisURL {
    /// The address as a setting takes it, with all servers and the password.
    public var text: String {
        let login = password.map { "\(user.map(Self.encoded) ?? ""):\(Self.encoded($0))@" } ?? ""
        let servers = addresses.map(\.description).joined(separator: ",")
        guard let sentinelMaster else { return "redis://\(login)\(servers)/\(database)" }
        return "redis+sentinel://\(login)\(servers)/\(sentinelMaster)/\(database)"
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }
}
