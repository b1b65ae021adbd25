import Profiles
import Events

/// The stored form: `FRESHSEG`, a version, the fields in order, and a hash of everything before it.
extension SegmentModel {
    private static let magic = Array("FRESHSEG".utf8)
    private static let formatVersion: UInt8 = 1

    /// The bytes, the same for the same model.
    public func encoded() -> [UInt8] {
        var writer = BinaryWriter(reservingCapacity: 4096)
        writer.write(raw: Self.magic)
        writer.write(byte: Self.formatVersion)
        writer.write(zigzag: asOf.milliseconds)
        writer.write(count: sampleSize)
        writer.write(count: nextNumber)
        writer.write(count: features.types.count)
        for type in features.types { writer.write(text: type.rawValue) }
        writer.write(count: features.categories.count)
        for name in features.categories { writer.write(text: name) }
        for column in scaling.columns {
            writer.write(byte: column.isLogarithmic ? 1 : 0)
            writer.write(numbers: [column.fallback, column.centre, column.scale])
        }
        writer.write(count: segments.count)
        for segment in segments { write(segment, to: &writer) }
        switch grouping {
        case .nearest: writer.write(byte: 0)
        case .mixture(let mixture):
            writer.write(byte: 1 + mixture.shape.rawValue)
            for component in mixture.components {
                writer.write(double: component.weight)
                writer.write(numbers: component.mean)
                writer.write(numbers: component.deviation)
            }
        }
        writer.write(numbers: plane.mean)
        writer.write(count: plane.components.count)
        for component in plane.components { writer.write(numbers: component) }
        writer.write(numbers: plane.variances)
        writer.write(double: plane.totalVariance)
        writer.write(byte: rfm == nil ? 0 : 1)
        if let rfm { writer.write(numbers: rfm.recency + rfm.frequency + rfm.monetary) }
        writer.write(count: trials.count)
        for trial in trials {
            writer.write(count: trial.count)
            writer.write(numbers: [trial.inertia, trial.silhouette])
        }
        let hash = Murmur2.hash(writer.bytes)
        writer.write(fixed: hash)
        return writer.bytes
    }

    private func write(_ segment: Segment, to writer: inout BinaryWriter) {
        writer.write(count: segment.number)
        writer.write(text: segment.name)
        writer.write(count: segment.size)
        writer.write(numbers: segment.centroid)
        writer.write(double: segment.meanDistance)
        writer.write(count: segment.topFeatures.count)
        for top in segment.topFeatures {
            writer.write(count: top.feature)
            writer.write(double: top.difference)
        }
        writer.write(count: segment.popularItems.count)
        for item in segment.popularItems {
            writer.write(text: item.itemID)
            writer.write(double: item.weight)
        }
    }

    /// Reads what ``encoded()`` wrote; throws `damagedModel` for anything else.
    public init(decoding bytes: [UInt8]) throws(SegmentError) {
        guard bytes.count > Self.magic.count + 4, bytes.starts(with: Self.magic) else {
            throw SegmentError(.damagedModel, "not a segment model")
        }
        let body = Array(bytes.dropLast(4))
        do throws(BinaryReader.Failure) {
            var trailer = BinaryReader(Array(bytes.suffix(4)))
            guard try trailer.readFixed(UInt32.self) == Murmur2.hash(body) else { throw .invalid }
            var reader = BinaryReader(body)
            _ = try reader.readRaw(count: Self.magic.count)
            guard try reader.readByte() == Self.formatVersion else { throw .invalid }
            try self.init(from: &reader)
            guard reader.isAtEnd else { throw .invalid }
        } catch {
            throw SegmentError(.damagedModel, "\(error)")
        }
    }

    private init(from reader: inout BinaryReader) throws(BinaryReader.Failure) {
        let asOf = Timestamp(milliseconds: try reader.readZigzag())
        let sampleSize = try reader.readCount()
        let nextNumber = Int(try reader.readVarint(as: UInt32.self))
        var types: [EventType] = []
        for _ in 0..<(try reader.readCount(ofAtLeast: 1)) { types.append(EventType(rawValue: try reader.readText())) }
        var categories: [String] = []
        for _ in 0..<(try reader.readCount(ofAtLeast: 1)) { categories.append(try reader.readText()) }
        let features = ProfileFeatures(types: types, categories: categories)
        let width = features.count
        var columns: [FeatureScaling.Column] = []
        for _ in 0..<width {
            let isLogarithmic = try reader.readByte() == 1
            let numbers = try reader.readNumbers(3)
            guard numbers[2] != 0 else { throw .invalid }
            columns.append(
                FeatureScaling.Column(
                    isLogarithmic: isLogarithmic,
                    fallback: numbers[0],
                    centre: numbers[1],
                    scale: numbers[2]
                )
            )
        }
        var segments: [Segment] = []
        for _ in 0..<(try reader.readCount(ofAtLeast: 8)) { segments.append(try Self.segment(&reader, width: width)) }
        guard !segments.isEmpty else { throw .invalid }
        let grouping: Grouping
        switch try reader.readByte() {
        case 0: grouping = .nearest(segments.map(\.centroid))
        case let kind:
            guard let shape = GaussianMixture.Shape(rawValue: kind - 1) else { throw .invalid }
            grouping = .mixture(try Self.mixture(&reader, shape: shape, count: segments.count, width: width))
        }
        let mean = try reader.readNumbers(width)
        let directionCount = try reader.readCount(ofAtLeast: 8)
        guard directionCount <= width else { throw .invalid }
        var directions: [[Double]] = []
        for _ in 0..<directionCount { directions.append(try reader.readNumbers(width)) }
        let variances = try reader.readNumbers(directionCount)
        let plane = PrincipalComponents(
            mean: mean,
            components: directions,
            variances: variances,
            totalVariance: try reader.readNumbers(1)[0]
        )
        var rfm: RFMQuintiles?
        if try reader.readByte() == 1 {
            let borders = try reader.readNumbers(12)
            rfm = RFMQuintiles(
                recency: Array(borders[0..<4]),
                frequency: Array(borders[4..<8]),
                monetary: Array(borders[8..<12])
            )
        }
        var trials: [Trial] = []
        for _ in 0..<(try reader.readCount(ofAtLeast: 17)) {
            let count = try reader.readCount()
            let numbers = try reader.readNumbers(2)
            trials.append(Trial(count: count, inertia: numbers[0], silhouette: numbers[1]))
        }
        self.init(
            features: features,
            scaling: FeatureScaling(columns: columns),
            grouping: grouping,
            segments: segments,
            plane: plane,
            rfm: rfm,
            asOf: asOf,
            sampleSize: sampleSize,
            trials: trials,
            nextNumber: nextNumber
        )
    }

    private static func segment(_ reader: inout BinaryReader, width: Int) throws(BinaryReader.Failure) -> Segment {
        var segment = Segment(
            number: try reader.readCount(),
            name: try reader.readText(),
            size: try reader.readCount(),
            centroid: try reader.readNumbers(width),
            meanDistance: try reader.readNumbers(1)[0],
            topFeatures: [],
            popularItems: []
        )
        for _ in 0..<(try reader.readCount(ofAtLeast: 9)) {
            let feature = try reader.readCount()
            guard feature < width else { throw .invalid }
            segment.topFeatures.append(
                FeatureDifference(feature: feature, difference: try reader.readNumbers(1)[0])
            )
        }
        for _ in 0..<(try reader.readCount(ofAtLeast: 9)) {
            let id = try reader.readText()
            segment.popularItems.append(PopularItem(itemID: id, weight: try reader.readNumbers(1)[0]))
        }
        return segment
    }

    private static func mixture(
        _ reader: inout BinaryReader,
        shape: GaussianMixture.Shape,
        count: Int,
        width: Int
    ) throws(BinaryReader.Failure) -> GaussianMixture {
        var components: [GaussianMixture.Component] = []
        for _ in 0..<count {
            let weight = try reader.readNumbers(1)[0]
            let mean = try reader.readNumbers(width)
            let deviation = try reader.readNumbers(shape == .diagonal ? width : width * width)
            guard
                let component = GaussianMixture.Component(
                    weight: weight,
                    mean: mean,
                    deviation: deviation,
                    shape: shape
                )
            else { throw .invalid }
            components.append(component)
        }
        return GaussianMixture(shape: shape, components: components)
    }
}

extension BinaryWriter {
    fileprivate mutating func write(numbers: [Double]) {
        for number in numbers { write(double: number) }
    }
}

extension BinaryReader {
    /// Reads so many finite numbers.
    fileprivate mutating func readNumbers(_ count: Int) throws(Failure) -> [Double] {
        guard count <= remaining / 8 else { throw .truncated }
        var numbers: [Double] = []
        for _ in 0..<count {
            let number = try readDouble()
            guard number.isFinite else { throw .invalid }
            numbers.append(number)
        }
        return numbers
    }
}
