import COpenBLAS

extension LinearAlgebra {
    /// target += factor · vector, for vectors of `count` numbers.
    static func add(
        _ vector: UnsafePointer<Float>,
        times factor: Float,
        to target: UnsafeMutablePointer<Float>,
        _ count: Int
    ) {
        _ = singleThreaded
        cblas_saxpy(Int32(truncatingIfNeeded: count), factor, vector, 1, target, 1)
    }
}
