extension ALSModel: ArtefactCodable {
    /// The section `als-2`; `als` held the vectors of models without a choice of objective and solver.
    public static var sectionName: String { "als-2" }

    /// Parameters, the number of items, and their vectors without padding.
    public func encodedSection() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(parameters)
        writer.write(UInt64(itemCount))
        writer.write(itemFactors)
        return writer.bytes
    }

    /// Reads what ``encodedSection()`` wrote.
    public init(decodingSection bytes: [UInt8]) throws(RecommenderError) {
        var reader = ByteReader(bytes)
        let parameters = try reader.readALSParameters()
        let itemCount = try reader.read(UInt64.self)
        let values = try reader.readFloats()
        try reader.finish()
        try self.init(parameters: parameters, itemCount: itemCount, values: values)
    }

    init(parameters: ALSParameters, itemCount: UInt64, values: [Float]) throws(RecommenderError) {
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
    /// What was tuned.
    mutating func write(_ parameters: ALSParameters) {
        write(UInt32(parameters.factors))
        write(UInt32(parameters.iterations))
        write(parameters.regularization)
        switch parameters.confidence {
        case .linear(let alpha): write(0, alpha, 0)
        case .logarithmic(let alpha, let epsilon): write(1, alpha, epsilon)
        }
        switch parameters.objective {
        case .confidence: write(0, 0, 0)
        case .weightedRegularization: write(2, 0, 0)
        case .frequencyScaled(let unobserved, let exponent): write(1, unobserved, exponent)
        }
        let (solver, count) =
            switch parameters.solver {
            case .automatic: (0, 0)
            case .cholesky: (1, 0)
            case .conjugateGradient(let steps): (2, steps)
            case .block(let size): (3, size)
            }
        write(UInt32(solver))
        write(UInt32(clamping: count))
        write(UInt32(parameters.start == .published ? 0 : 1))
    }

    fileprivate mutating func write(_ kind: UInt32, _ first: Float, _ second: Float) {
        write(kind)
        write(first)
        write(second)
    }
}

extension ByteReader {
    /// Reads what was written of parameters; throws for values out of range.
    mutating func readALSParameters() throws(RecommenderError) -> ALSParameters {
        var parameters = ALSParameters()
        parameters.factors = Int(try read(UInt32.self))
        parameters.iterations = Int(try read(UInt32.self))
        parameters.regularization = try readFloat()
        switch try readChoice() {
        case (0, let alpha, _): parameters.confidence = .linear(alpha: alpha)
        case (1, let alpha, let epsilon): parameters.confidence = .logarithmic(alpha: alpha, epsilon: epsilon)
        case (let kind, _, _): throw RecommenderError(.unsupportedArtefact, "confidence of kind \(kind)")
        }
        switch try readChoice() {
        case (0, _, _): parameters.objective = .confidence
        case (1, let unobserved, let exponent):
            parameters.objective = .frequencyScaled(unobserved: unobserved, exponent: exponent)
        case (2, _, _): parameters.objective = .weightedRegularization
        case (let kind, _, _): throw RecommenderError(.unsupportedArtefact, "objective of kind \(kind)")
        }
        let solver = try read(UInt32.self)
        let count = Int(try read(UInt32.self))
        switch solver {
        case 0: parameters.solver = .automatic
        case 1: parameters.solver = .cholesky
        case 2: parameters.solver = .conjugateGradient(steps: count)
        case 3: parameters.solver = .block(size: count)
        default: throw RecommenderError(.unsupportedArtefact, "solver of kind \(solver)")
        }
        switch try read(UInt32.self) {
        case 0: parameters.start = .published
        case 1: parameters.start = .spectral
        case let start: throw RecommenderError(.unsupportedArtefact, "start of kind \(start)")
        }
        try parameters.validate()
        return parameters
    }

    fileprivate mutating func readChoice() throws(RecommenderError) -> (UInt32, Float, Float) {
        (try read(UInt32.self), try readFloat(), try readFloat())
    }
}
