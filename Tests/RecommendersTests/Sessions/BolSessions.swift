import Foundation
import ReferenceData
import Recommenders

/// The sessions of `bol-sessions`: the training log, and what was clicked in each test session, in order.
struct BolSessions {
    let train: SessionLog
    let test: [[Int]]
    let testSeconds: [[Double]]

    /// Both files; `nil` where they are missing.
    static func load() throws -> BolSessions? {
        guard let train = try ReferenceData.contents(of: "bol-sessions/train.txt"),
            let test = try ReferenceData.contents(of: "bol-sessions/test.txt")
        else { return nil }
        let past = sessions(of: train)
        let open = sessions(of: test)
        let itemCount = 1 + (past + open).lazy.joined().reduce(0) { max($0, $1.item) }
        let log = try SessionLog(itemCount: itemCount, sessions: past)
        let openLog = try SessionLog(itemCount: itemCount, sessions: open)
        return BolSessions(
            train: log,
            test: (0..<openLog.count).map { openLog[$0].map(\.item) },
            testSeconds: (0..<openLog.count).map { openLog[$0].map(\.seconds) }
        )
    }

    /// Tab-separated session, item and seconds behind a header; sessions in order of their first line.
    private static func sessions(of file: Data) -> [[SessionLog.Click]] {
        var sessions: [[SessionLog.Click]] = []
        var numbers: [Int: Int] = [:]
        for line in String(decoding: file, as: UTF8.self).split(separator: "\n").dropFirst() {
            let fields = line.split(separator: "\t")
            guard fields.count == 3, let session = Int(fields[0]), let item = Int(fields[1]),
                let seconds = Double(fields[2])
            else { continue }
            let number = numbers[session, default: sessions.count]
            if number == sessions.count {
                numbers[session] = number
                sessions.append([])
            }
            sessions[number].append(SessionLog.Click(item: item, seconds: seconds))
        }
        return sessions
    }
}
