extension ALSModel: ArtefactCodable {
    /// The section `als-2`; `als` held the vectors of models without a choice of objective and solver.
    public static var sectionName: String { "als-2" }

    /// Parameters, the number of items, and their vectors without padding.
    public func encodedSection() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt32(parameters.factors))
        writer.write(UInt32(parameters.iterations))
        writer.write(parameters.regularization)
        switch parameters.confidence {
        case .linear(let alpha): writer.write(0, alpha, 0)
        case .logarithmic(let alpha, let epsilon): writer.write(1, alpha, epsilon)
        }
        switch parameters.objective {
        case .confidence: writer.write(0, 0, 0)
        case .frequencyScaled(let unobserved, let exponent): writer.write(1, unobserved, exponent)
        }
        let (solver, count) =
            switch parameters.solver {
            case .automatic: (0, 0)
            case .cholesky: (1, 0)
            case .conjugateGradient(let steps): (2, steps)
            case .block(let size): (3, size)
            }
        writer.write(UInt32(solver))
        writer.write(UInt32(clamping: count))
        writer.write(UInt32(parameters.start == .published ? 0 : 1))
        writer.write(UInt64(itemCount))
        writer.write(itemFactors)
        return writer.bytes
    }

    /// Reads what ``encodedSection()`` wrote.
    public init(decodingSection bytes: [UInt8]) throws(RecommenderError) {
        var reader = ByteReader(bytes)
        var parameters = ALSParameters()
        parameters.factors = Int(try reader.read(UInt32.self))
        parameters.iterations = Int(try reader.read(UInt32.self))
        parameters.regularization = try reader.readFloat()
        switch try reader.readChoice() {
        case (0, let alpha, _): parameters.confidence = .linear(alpha: alpha)
        case (1, let alpha, let epsilon): parameters.confidence = .logarithmic(alpha: alpha, epsilon: epsilon)
        case (let kind, _, _): throw RecommenderError(.unsupportedArtefact, "confidence of kind \(kind)")
        }
        switch try reader.readChoice() {
        case (0, _, _): parameters.objective = .confidence
        case (1, let unobserved, let exponent):
            parameters.objective = .frequencyScaled(unobserved: unobserved, exponent: exponent)
        case (let kind, _, _): throw RecommenderError(.unsupportedArtefact, "objective of kind \(kind)")
        }
        let solver = try reader.read(UInt32.self)
        let count = Int(try reader.read(UInt32.self))
        switch solver {
        case 0: parameters.solver = .automatic
        case 1: parameters.solver = .cholesky
        case 2: parameters.solver = .conjugateGradient(steps: count)
        case 3: parameters.solver = .block(size: count)
        default: throw RecommenderError(.unsupportedArtefact, "solver of kind \(solver)")
        }
        switch try reader.read(UInt32.self) {
        case 0: parameters.start = .published
        case 1: parameters.start = .spectral
        case let start: throw RecommenderError(.unsupportedArtefact, "start of kind \(start)")
        }
        try parameters.validate()
        let itemCount = try reader.read(UInt64.self)
        let values = try reader.readFloats()
        try reader.finish()
        let (expected, overflow) = itemCount.multipliedReportingOverflow(by: UInt64(parameters.factors))
        guard UInt64(values.count) == expected, !overflow, values.allSatisfy(\.isFinite) else {
            throw RecommenderError(.damagedArtefact, "\(values.count) numbers for \(itemCount) items")
        }
        var items = FactorMatrix(rowCount: Int(itemCount), width: parameters.factors)
        items.fill(values)
        self.init(parameters: parameters, items: items)
    }
}

extension ByteWriter {
    fileprivate mutating func write(_ kind: UInt32, _ first: Float, _ second: Float) {
        write(kind)
        write(first)
        write(second)
    }
}

extension ByteReader {
    fileprivate mutating func readChoice() throws(RecommenderError) -> (UInt32, Float, Float) {
        (try read(UInt32.self), try readFloat(), try readFloat())
    }
}
