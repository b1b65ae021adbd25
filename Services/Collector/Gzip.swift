import CZlib

/// Decompresses gzip into bounded memory.
enum Gzip {
    enum Failure: Error {
        /// Not gzip, or cut off.
        case malformed
        /// More than the bound comes out.
        case tooLarge
    }

    /// The decompressed bytes, at most `limit`; several members in a row count as one stream.
    static func inflate(_ input: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
        var stream = z_stream()
        guard freshet_inflate_init_gzip(&stream) == Z_OK else { throw .malformed }
        defer { inflateEnd(&stream) }
        var output: [UInt8] = []
        var consumed = 0
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let (status, used, produced) = step(&stream, input, from: consumed, into: &chunk)
            consumed += used
            guard output.count + produced <= limit else { throw .tooLarge }
            output.append(contentsOf: chunk[..<produced])
            switch status {
            case Z_STREAM_END where consumed == input.count: return output
            case Z_STREAM_END: guard inflateReset(&stream) == Z_OK else { throw .malformed }
            // No progress: the input ends within the stream.
            case Z_OK where used > 0 || produced > 0: continue
            default: throw .malformed
            }
        }
    }

    private static func step(
        _ stream: inout z_stream,
        _ input: [UInt8],
        from start: Int,
        into chunk: inout [UInt8]
    ) -> (status: Int32, used: Int, produced: Int) {
        input.withUnsafeBufferPointer { input in
            chunk.withUnsafeMutableBufferPointer { chunk in
                let available = input.count - start
                // zlib reads from here without writing.
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress.map { $0 + start })
                stream.avail_in = UInt32(available)
                stream.next_out = chunk.baseAddress
                stream.avail_out = UInt32(chunk.count)
                let status = CZlib.inflate(&stream, Z_NO_FLUSH)
                return (status, available - Int(stream.avail_in), chunk.count - Int(stream.avail_out))
            }
        }
    }
}
