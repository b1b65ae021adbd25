/// A model as bytes: named sections behind a magic number, a format version, and before a checksum.
///
/// Layout, all numbers little-endian: `FRESHMDL`, UInt32 version, UInt32 section count; per section UInt32 name length,
/// name in UTF-8, UInt64 length, bytes; at the end the CRC-32 of everything before it. Readers ignore sections that they
/// do not know, so that a newer writer may add some.
public struct ModelArtefact: Hashable, Sendable {
    /// The version of the layout that this code writes and reads.
    public static let formatVersion: UInt32 = 1

    /// The sections by name.
    public var sections: [String: [UInt8]]

    private static let magic = Array("FRESHMDL".utf8)

    /// Creates an artefact.
    public init(sections: [String: [UInt8]] = [:]) {
        self.sections = sections
    }

    /// The bytes, the same for the same sections.
    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.bytes += Self.magic
        writer.write(Self.formatVersion)
        writer.write(UInt32(sections.count))
        for (name, bytes) in sections.sorted(by: { $0.key < $1.key }) {
            writer.write(UInt32(name.utf8.count))
            writer.bytes += name.utf8
            writer.write(UInt64(bytes.count))
            writer.bytes += bytes
        }
        writer.write(Checksum.crc32(writer.bytes))
        return writer.bytes
    }

    /// Reads the bytes; throws `damagedArtefact` for anything that was not written whole, `unsupportedArtefact` for
    /// another version.
    public init(decoding bytes: [UInt8]) throws(RecommenderError) {
        var reader = ByteReader(bytes)
        guard try reader.read(count: Self.magic.count).elementsEqual(Self.magic) else {
            throw RecommenderError(.damagedArtefact, "the magic number is missing")
        }
        guard bytes.count >= Self.magic.count + 12 else {
            throw RecommenderError(.damagedArtefact, "only \(bytes.count) bytes")
        }
        var trailer = ByteReader(Array(bytes.suffix(4)))
        guard try trailer.read(UInt32.self) == Checksum.crc32(bytes.dropLast(4)) else {
            throw RecommenderError(.damagedArtefact, "the checksum differs")
        }
        let version = try reader.read(UInt32.self)
        guard version == Self.formatVersion else {
            throw RecommenderError(.unsupportedArtefact, "format version \(version)")
        }
        sections = [:]
        for _ in 0..<(try reader.read(UInt32.self)) {
            let nameLength = try reader.read(UInt32.self)
            let name = String(decoding: try reader.read(count: Int(nameLength)), as: UTF8.self)
            let length = try reader.read(UInt64.self)
            sections[name] = Array(try reader.read(count: Int(clamping: length)))
        }
        guard reader.remaining == 4 else { throw RecommenderError(.damagedArtefact, "bytes left over") }
    }

    /// The bytes of a section; throws `unsupportedArtefact` when it is missing.
    public func section(_ name: String) throws(RecommenderError) -> [UInt8] {
        guard let bytes = sections[name] else {
            throw RecommenderError(.unsupportedArtefact, "no section \(name)")
        }
        return bytes
    }
}
