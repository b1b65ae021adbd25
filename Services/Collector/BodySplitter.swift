import JSON

/// Finds the single events in a body, without reading them.
enum BodySplitter {
    /// The body is no JSON at all, or holds too many events.
    enum Failure: Error, Hashable {
        case notJSON(String)
        case tooManyEvents
    }

    /// Where each event stands in `body`.
    ///
    /// An array is checked as a whole, since nobody can tell where the next event begins behind a syntax error. Lines are
    /// only cut: each is judged by itself.
    static func split(_ body: [UInt8], as syntax: BodyFormat.Syntax, limit: Int) throws(Failure) -> [Range<Int>] {
        let events: [Range<Int>]
        switch syntax {
        case .json: events = try values(body)
        case .lines: events = lines(body)
        }
        guard events.count <= limit else { throw .tooManyEvents }
        return events
    }

    private static func values(_ body: [UInt8]) throws(Failure) -> [Range<Int>] {
        var reader = JSONReader(body)
        var events: [Range<Int>] = []
        do {
            switch try reader.peek() {
            case .object: events = [try reader.skipValue()]
            case .array:
                try reader.beginArray()
                while try reader.nextElement() { events.append(try reader.skipValue()) }
            case .string, .number, .bool, .null: throw Failure.notJSON("an event is a JSON object")
            }
            try reader.finish()
        } catch let error as JSONError {
            throw .notJSON(error.description)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .notJSON("unreadable")
        }
        return events
    }

    private static func lines(_ body: [UInt8]) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        body.withUnsafeBufferPointer { body in
            var start = 0
            var isBlank = true
            for index in body.indices {
                switch body[index] {
                case UInt8(ascii: "\n"):
                    if !isBlank { lines.append(start..<index) }
                    (start, isBlank) = (index + 1, true)
                case 0x20, 0x09, 0x0d: continue
                default: isBlank = false
                }
            }
            if !isBlank { lines.append(start..<body.count) }
        }
        return lines
    }
}
