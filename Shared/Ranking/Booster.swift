import CXGBoost

/// A model of XGBoost that grows or is asked; belongs to one thread, like the matrices that it was given.
final class Booster {
    private let handle: BoosterHandle

    /// An empty model; `data` is what it will be asked about again and again, whose margins it keeps.
    init(parameters: RankerParameters, data: [BoosterData]) throws(RankingError) {
        handle = try Self.create(data)
        for (name, value) in parameters.libraryParameters { try check(XGBoosterSetParam(handle, name, value)) }
    }

    /// A model from its bytes; throws `damagedModel`.
    init(model: [UInt8]) throws(RankingError) {
        handle = try Self.create([])
        do {
            try check(XGBoosterSetParam(handle, "nthread", "1"))
            try check(XGBoosterLoadModelFromBuffer(handle, model, bst_ulong(model.count)))
        } catch {
            throw RankingError(.damagedModel, error.message)
        }
    }

    private init(handle: BoosterHandle) {
        self.handle = handle
    }

    deinit { XGBoosterFree(handle) }

    /// Adds one tree.
    func grow(round: Int, on data: BoosterData) throws(RankingError) {
        try check(XGBoosterUpdateOneIter(handle, Int32(clamping: round), data.handle))
    }

    /// One margin per row.
    func margins(_ data: BoosterData) throws(RankingError) -> [Float] { try predict(data, type: 1) }

    /// SHAP values: per row one number for each feature, then the bias.
    func contributions(_ data: BoosterData) throws(RankingError) -> [Float] { try predict(data, type: 2) }

    /// The first `rounds` trees alone.
    func prefix(_ rounds: Int) throws(RankingError) -> Booster {
        var sliced: BoosterHandle?
        try check(XGBoosterSlice(handle, 0, Int32(clamping: rounds), 1, &sliced))
        guard let sliced else { throw RankingError(.library, "no slice") }
        return Booster(handle: sliced)
    }

    /// The trees in XGBoost's JSON.
    func model() throws(RankingError) -> [UInt8] {
        var count: bst_ulong = 0
        var bytes: UnsafePointer<CChar>?
        try check(XGBoosterSaveModelToBuffer(handle, #"{"format":"json"}"#, &count, &bytes))
        // The library's buffer lives until the next call.
        return UnsafeRawBufferPointer(start: bytes, count: Int(count)).map { $0 }
    }

    private func predict(_ data: BoosterData, type: Int) throws(RankingError) -> [Float] {
        let request = #"{"type":\#(type),"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":false}"#
        var shape: UnsafePointer<bst_ulong>?
        var dimensions: bst_ulong = 0
        var values: UnsafePointer<Float>?
        try check(XGBoosterPredictFromDMatrix(handle, data.handle, request, &shape, &dimensions, &values))
        let count = (0..<Int(dimensions)).reduce(1) { $0 * Int(shape?[$1] ?? 0) }
        return Array(UnsafeBufferPointer(start: values, count: count))
    }

    private static func create(_ data: [BoosterData]) throws(RankingError) -> BoosterHandle {
        var handle: BoosterHandle?
        let matrices = data.map { Optional($0.handle) }
        try check(XGBoosterCreate(matrices, bst_ulong(matrices.count), &handle))
        guard let handle else { throw RankingError(.library, "no booster") }
        return handle
    }
}
