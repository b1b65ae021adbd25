/// A factorisation whose item vectors are kept in a byte per number: a quarter of the bytes, for artefacts of large catalogs.
///
/// Each vector has a step, its largest number / 127; a number is read back with an error of at most half a step. Models
/// compute with the numbers read back, so that what is measured before a publication is what serves.
public struct QuantizedFactors: ArtefactCodable {
    /// The section `als-8-bit`.
    public static var sectionName: String { "als-8-bit" }

    /// The model with the numbers that are left.
    public let model: ALSModel
    private let steps: [Float]
    private let numbers: [Int8]

    /// Rounds the vectors of a model.
    public init(_ model: ALSModel) throws(RecommenderError) {
        let width = model.parameters.factors
        let factors = model.itemFactors
        var steps: [Float] = []
        var numbers: [Int8] = []
        steps.reserveCapacity(model.itemCount)
        numbers.reserveCapacity(factors.count)
        for start in stride(from: 0, to: factors.count, by: width) {
            let vector = factors[start..<start + width]
            let step = (vector.lazy.map(abs).max() ?? 0) / 127
            steps.append(step)
            for number in vector { numbers.append(step > 0 ? Int8(clamping: Int((number / step).rounded())) : 0) }
        }
        try self.init(parameters: model.parameters, steps: steps, numbers: numbers)
    }

    private init(parameters: ALSParameters, steps: [Float], numbers: [Int8]) throws(RecommenderError) {
        let width = parameters.factors
        guard numbers.count == steps.count * width, steps.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
            throw RecommenderError(.damagedArtefact, "\(numbers.count) numbers of \(steps.count) items")
        }
        var values = [Float](repeating: 0, count: numbers.count)
        for index in values.indices { values[index] = Float(numbers[index]) * steps[index / width] }
        (self.steps, self.numbers) = (steps, numbers)
        model = try ALSModel(parameters: parameters, itemCount: UInt64(steps.count), values: values)
    }

    /// Parameters, steps and numbers.
    public func encodedSection() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(model.parameters)
        writer.write(steps)
        writer.bytes += numbers.lazy.map { UInt8(bitPattern: $0) }
        return writer.bytes
    }

    /// Reads what ``encodedSection()`` wrote.
    public init(decodingSection bytes: [UInt8]) throws(RecommenderError) {
        var reader = ByteReader(bytes)
        let parameters = try reader.readALSParameters()
        let steps = try reader.readFloats()
        let numbers = try reader.read(count: reader.remaining).map { Int8(bitPattern: $0) }
        try self.init(parameters: parameters, steps: steps, numbers: numbers)
    }
}
