import Foundation

/// One command to one server, without a client that knows about clusters.
enum RedisWire {
    /// Sends `words` and returns the reply's lines, those of nested replies one after the other; throws its error.
    static func reply(to words: [String], port: Int) throws -> [String] {
        let command = words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
        var reader = Reader(descriptor: try LoopbackPort.connected(to: port))
        defer { close(reader.descriptor) }
        let bytes = Array("*\(words.count)\r\n\(command)".utf8)
        guard send(reader.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw RedisServerError(description: "nothing can be sent to port \(port)")
        }
        return try reader.reply()
    }

    private struct Reader {
        let descriptor: Int32
        private var buffer: [UInt8] = []
        private var position = 0

        init(descriptor: Int32) {
            self.descriptor = descriptor
        }

        mutating func reply() throws -> [String] {
            let head = try line()
            let rest = String(head.dropFirst())
            switch head.first {
            case "-": throw RedisServerError(description: rest)
            case "$":
                guard let count = Int(rest), count >= 0 else { return [] }
                let text = String(decoding: try take(count), as: UTF8.self)
                _ = try take(2)
                return text.split(whereSeparator: \.isNewline).map(String.init)
            case "*":
                var all: [String] = []
                for _ in 0..<(Int(rest) ?? 0) { all += try reply() }
                return all
            default: return [rest]
            }
        }

        private mutating func line() throws -> String {
            var bytes: [UInt8] = []
            while true {
                let byte = try take(1)[0]
                if byte == UInt8(ascii: "\n") { return String(decoding: bytes.dropLast(), as: UTF8.self) }
                bytes.append(byte)
            }
        }

        private mutating func take(_ count: Int) throws -> [UInt8] {
            while buffer.count - position < count {
                var chunk = [UInt8](repeating: 0, count: 65_536)
                let received = recv(descriptor, &chunk, chunk.count, 0)
                guard received > 0 else { throw RedisServerError(description: "the connection was closed") }
                buffer += chunk[..<received]
            }
            defer { position += count }
            return Array(buffer[position..<position + count])
        }
    }
}
