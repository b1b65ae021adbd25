import JSON

extension LambdaMARTRanker {
    private static let version = 1

    /// The ranker as bytes: JSON with our feature names beside XGBoost's own JSON; the artefact around it has a checksum.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: model.count + 1024)
        writer.beginObject()
        writer.field("version", Self.version)
        writer.field("features", featureNames)
        writer.field("validation", validationGain)
        writer.field("model", raw: model)
        writer.endObject()
        return writer.bytes
    }

    /// Reads what ``encoded()`` wrote; throws `damagedModel`.
    public init(decoding bytes: [UInt8]) throws(RankingError) {
        var version: Int?
        var names: [String] = []
        var validation: Double?
        var model: [UInt8]?
        do {
            var reader = JSONReader(bytes)
            try reader.readFields { (reader, key) throws(JSONError) in
                switch key {
                case "version": version = try reader.integer(key)
                case "features": names = try reader.texts(key)
                case "validation": validation = try reader.number(key)
                case "model": model = try reader.rawObject(key)
                default: return false
                }
                return true
            }
            try reader.finish()
        } catch {
            throw RankingError(.damagedModel, "\(error)")
        }
        guard version == Self.version, let model, !names.isEmpty, Set(names).count == names.count else {
            throw RankingError(.damagedModel, "version, features or model are missing")
        }
        try self.init(featureNames: names, model: model, validationGain: validation)
    }
}
