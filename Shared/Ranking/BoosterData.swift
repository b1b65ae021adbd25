import CXGBoost

/// A matrix of XGBoost; belongs to one thread.
final class BoosterData {
    let handle: DMatrixHandle
    let rowCount: Int

    /// Copies rows of `width` features.
    init(features: [Float], width: Int, threads: Int) throws(RankingError) {
        var handle: DMatrixHandle?
        let rows = features.count / width
        try check(
            XGDMatrixCreateFromMat_omp(
                features,
                bst_ulong(rows),
                bst_ulong(width),
                .nan,
                &handle,
                Int32(clamping: threads)
            )
        )
        guard let handle else { throw RankingError(.library, "no matrix") }
        self.handle = handle
        rowCount = rows
    }

    /// Copies rows, labels and groups.
    convenience init(_ data: RankingData, threads: Int) throws(RankingError) {
        try self.init(features: data.features, width: data.featureNames.count, threads: threads)
        try check(XGDMatrixSetFloatInfo(handle, "label", data.labels, bst_ulong(data.labels.count)))
        let groups = data.groups.map { UInt32(clamping: $0) }
        try check(XGDMatrixSetUIntInfo(handle, "group", groups, bst_ulong(groups.count)))
    }

    deinit { XGDMatrixFree(handle) }
}

/// Turns a return code into an error with the library's own words, which it keeps per thread.
func check(_ code: Int32) throws(RankingError) {
    guard code != 0 else { return }
    let text = XGBGetLastError().map { String(cString: $0) } ?? "code \(code)"
    // The first line says what; a stack trace follows.
    throw RankingError(.library, text.split(separator: "\n").first.map(String.init) ?? text)
}
