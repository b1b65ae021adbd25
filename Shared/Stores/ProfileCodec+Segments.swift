import Events
import Profiles

/// The segments of a profile; a profile without any takes no byte for them.
extension ProfileCodec {
    static func append(
        _ segments: ProfileSegments,
        lastSeen: Timestamp,
        revision: UInt64,
        to writer: inout BinaryWriter
    ) {
        writer.write(varint: segments.modelVersion)
        append(segments.memberships, to: &writer)
        if let change = segments.lastChange {
            writer.write(varint: (revision &- change.revision) &+ 1)
            append(change.entered, to: &writer)
            append(change.left, to: &writer)
        } else {
            writer.write(byte: 0)
        }
        let today = WindowedCounter.day(of: lastSeen)
        writer.write(count: segments.windows.count)
        for (number, window) in segments.windows.sorted(by: { $0.key < $1.key }) {
            writer.write(fixed: number)
            writer.write(count: window.days.count)
            for (name, days) in window.days.sorted(by: { $0.key < $1.key }) {
                writer.write(text: name)
                writer.write(count: days.count)
                var previous = today
                for day in days.reversed() {
                    writer.write(count: previous - day.day)
                    writer.write(count: day.count)
                    previous = day.day
                }
            }
        }
    }

    private static func append(_ keys: [SegmentKey], to writer: inout BinaryWriter) {
        writer.write(count: keys.count)
        for key in keys {
            switch key {
            case .rule(let name):
                writer.write(byte: 0)
                writer.write(text: name)
            case .cluster(let number):
                writer.write(byte: 1)
                writer.write(count: number)
            case .rfm(let segment):
                writer.write(byte: 2)
                writer.write(byte: segment.rawValue)
            }
        }
    }

    static func readSegments(
        _ reader: inout BinaryReader,
        lastSeen: Timestamp,
        revision: UInt64
    ) throws(BinaryReader.Failure) -> ProfileSegments {
        var segments = ProfileSegments()
        segments.modelVersion = try reader.readVarint()
        segments.memberships = try readKeys(&reader)
        let age = try reader.readVarint()
        if age > 0 {
            guard age - 1 <= revision else { throw .invalid }
            segments.lastChange = ProfileSegments.Change(
                revision: revision - (age - 1),
                entered: try readKeys(&reader),
                left: try readKeys(&reader)
            )
        }
        let today = WindowedCounter.day(of: lastSeen)
        for _ in 0..<(try reader.readCount(ofAtLeast: 5)) {
            let number = try reader.readFixed(UInt32.self)
            var window = WindowedCounter()
            for _ in 0..<(try reader.readCount(ofAtLeast: 2)) {
                let name = try reader.readText()
                window.days[name] = try readDays(&reader, today: today)
            }
            segments.windows[number] = window
        }
        return segments
    }

    private static func readDays(
        _ reader: inout BinaryReader,
        today: Int
    ) throws(BinaryReader.Failure) -> [WindowedCounter.Day] {
        var days: [WindowedCounter.Day] = []
        var previous = today
        for _ in 0..<(try reader.readCount(ofAtLeast: 2)) {
            let gap = try reader.readTally()
            previous -= gap
            guard gap > 0 || days.isEmpty, previous >= -(1 << 40) else { throw .invalid }
            days.append(WindowedCounter.Day(day: previous, count: try reader.readTally()))
        }
        return days.reversed()
    }

    private static func readKeys(_ reader: inout BinaryReader) throws(BinaryReader.Failure) -> [SegmentKey] {
        var keys: [SegmentKey] = []
        for _ in 0..<(try reader.readCount(ofAtLeast: 2)) {
            switch try reader.readByte() {
            case 0: keys.append(.rule(try reader.readText()))
            case 1: keys.append(.cluster(try reader.readCount()))
            case 2:
                guard let segment = RFMSegment(rawValue: try reader.readByte()) else { throw .invalid }
                keys.append(.rfm(segment))
            default: throw .invalid
            }
        }
        return keys
    }
}
