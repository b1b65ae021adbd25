import Events

/// An activity as a line of CSV (RFC 4180), and the day that it belongs to.
enum ActivityTable {
    /// The columns; an event without item or value leaves their fields empty.
    static let header =
        "user,item,type,value,time_ms,session_start_ms,received_ms,"
        + "source_topic,source_generation,source_partition,source_offset\n"

    /// The line, with its end.
    static func line(_ activity: ActivityFacts) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(128)
        append(activity.user.rawValue, to: &line)
        append(activity.itemID ?? "", to: &line)
        append(activity.type.rawValue, to: &line)
        append(activity.value.map { "\($0)" } ?? "", to: &line)
        append("\(activity.effectiveTime.milliseconds)", to: &line)
        append("\(activity.sessionStart.milliseconds)", to: &line)
        append("\(activity.receivedAt.milliseconds)", to: &line)
        append(activity.source.topic.name, to: &line)
        append("\(activity.source.generation)", to: &line)
        append("\(activity.source.partition)", to: &line)
        append("\(activity.source.offset)", to: &line)
        line[line.count - 1] = UInt8(ascii: "\n")
        return line
    }

    /// The field and a comma; quoted where a reader would take it for something else.
    private static func append(_ field: String, to line: inout [UInt8]) {
        let special: (UInt8) -> Bool = { [UInt8(ascii: ","), UInt8(ascii: "\""), 10, 13].contains($0) }
        if field.utf8.contains(where: special) {
            line.append(UInt8(ascii: "\""))
            for byte in field.utf8 {
                if byte == UInt8(ascii: "\"") { line.append(byte) }
                line.append(byte)
            }
            line.append(UInt8(ascii: "\""))
        } else {
            line += field.utf8
        }
        line.append(UInt8(ascii: ","))
    }
}

/// A day in UTC.
struct ExportDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    private static let milliseconds: Int64 = 86_400_000

    private let number: Int64

    /// The day of a moment.
    init(of time: Timestamp) {
        let (quotient, remainder) = time.milliseconds.quotientAndRemainder(dividingBy: Self.milliseconds)
        number = remainder < 0 ? quotient - 1 : quotient
    }

    /// Reads `2026-11-21`; `nil` for anything else.
    init?(_ text: String) {
        guard text.utf8.count == 10, let midnight = Timestamp("\(text)T00:00:00Z") else { return nil }
        self.init(of: midnight)
    }

    /// As in `2026-11-21`.
    var description: String { String("\(Timestamp(milliseconds: number * Self.milliseconds))".prefix(10)) }

    static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}
