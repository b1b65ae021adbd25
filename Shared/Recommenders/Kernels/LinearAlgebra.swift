import COpenBLAS

/// Dense linear algebra by OpenBLAS, on row-major matrices.
///
/// OpenBLAS runs on the calling thread alone: whoever wants more splits the work among ``Workers``, so that a model never
/// takes cores that it was not given.
enum LinearAlgebra {
    /// Keeps OpenBLAS from starting threads of its own; every function here goes through it.
    static let singleThreaded: Void = openblas_set_num_threads(1)

    /// C = alpha · op(A) · op(B) + beta · C, with C of `rows` x `columns` and an inner dimension of `depth`.
    static func multiply(
        _ left: UnsafePointer<Float>,
        stride leftStride: Int,
        transposed leftTransposed: Bool = false,
        by right: UnsafePointer<Float>,
        stride rightStride: Int,
        transposed rightTransposed: Bool = false,
        into target: UnsafeMutablePointer<Float>,
        stride targetStride: Int,
        rows: Int,
        columns: Int,
        depth: Int,
        alpha: Float = 1,
        beta: Float = 0
    ) {
        singleThreaded
        cblas_sgemm(
            CblasRowMajor,
            leftTransposed ? CblasTrans : CblasNoTrans,
            rightTransposed ? CblasTrans : CblasNoTrans,
            Int32(rows),
            Int32(columns),
            Int32(depth),
            alpha,
            left,
            Int32(leftStride),
            right,
            Int32(rightStride),
            beta,
            target,
            Int32(targetStride)
        )
    }
}
