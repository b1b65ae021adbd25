/// Dense rows of `Float`, each padded with zeros to a multiple of the vector width.
struct FactorMatrix: Hashable, Sendable {
    let rowCount: Int
    /// How many numbers of a row mean something.
    let width: Int
    /// How far apart rows begin.
    let stride: Int
    /// All rows; the padding must stay zero.
    var values: [Float]

    /// Creates a matrix of zeros.
    init(rowCount: Int, width: Int) {
        self.rowCount = rowCount
        self.width = width
        stride = Self.padded(width)
        values = [Float](repeating: 0, count: rowCount * stride)
    }

    /// `width` rounded up to whole vectors.
    static func padded(_ width: Int) -> Int {
        (width + Kernels.laneCount - 1) / Kernels.laneCount * Kernels.laneCount
    }

    /// One row without its padding.
    func row(_ index: Int) -> ArraySlice<Float> {
        values[index * stride..<index * stride + width]
    }

    /// The product with a padded vector: one number per row.
    func product(with vector: [Float]) -> [Float] {
        precondition(vector.count == stride)
        return [Float](unsafeUninitializedCapacity: rowCount) { result, count in
            values.withUnsafeBufferPointer { rows in
                vector.withUnsafeBufferPointer { vector in
                    guard let rows = rows.baseAddress, let vector = vector.baseAddress else { return }
                    for row in 0..<rowCount {
                        result.initializeElement(at: row, to: Kernels.dot(rows + row * stride, vector, stride))
                    }
                }
            }
            count = rowCount
        }
    }

    /// The symmetric product of the transposed matrix with itself, `stride` x `stride`; only the lower triangle is meant.
    ///
    /// Partial sums of fixed chunks are added in order, so that the number of workers does not change a bit of it.
    func gram(workers: Workers) -> [Float] {
        let chunkSize = max(1024, (rowCount + 31) / 32)
        let chunkCount = (rowCount + chunkSize - 1) / chunkSize
        var partial = [Float](repeating: 0, count: max(1, chunkCount) * stride * stride)
        values.withUnsafeBufferPointer { rows in
            partial.withUnsafeMutableBufferPointer { partial in
                guard let base = rows.baseAddress, let sums = partial.baseAddress else { return }
                let shared = DisjointRows(source: base, target: sums)
                let (width, stride) = (width, stride)
                workers.forEachChunk(of: rowCount, size: chunkSize, unless: { false }) { chunk, range in
                    LinearAlgebra.addGram(
                        of: shared.source + range.lowerBound * stride,
                        count: range.count,
                        width: width,
                        stride: stride,
                        to: shared.target + chunk * stride * stride
                    )
                }
            }
        }
        for chunk in 1..<max(2, chunkCount) where chunk < chunkCount {
            for index in 0..<stride * stride { partial[index] += partial[chunk * stride * stride + index] }
        }
        return Array(partial.prefix(stride * stride))
    }

    /// The product with a matrix of `stride` x `stride` numbers.
    func product(with square: [Float], workers: Workers) -> FactorMatrix {
        precondition(square.count == stride * stride)
        var product = self
        values.withUnsafeBufferPointer { source in
            product.values.withUnsafeMutableBufferPointer { target in
                guard let source = source.baseAddress, let target = target.baseAddress else { return }
                let shared = DisjointRows(source: source, target: target)
                let stride = stride
                workers.forEachChunk(of: rowCount, size: 256, unless: { false }) { _, range in
                    LinearAlgebra.multiplyRows(
                        shared.source + range.lowerBound * stride,
                        range.count,
                        by: square,
                        stride,
                        into: shared.target + range.lowerBound * stride
                    )
                }
            }
        }
        return product
    }

    /// All rows without their padding.
    var unpadded: [Float] { (0..<rowCount).flatMap(row) }

    /// Takes over rows without padding; there must be `rowCount` times `width` numbers.
    mutating func fill(_ rows: [Float]) {
        precondition(rows.count == rowCount * width)
        for row in 0..<rowCount {
            for column in 0..<width { values[row * stride + column] = rows[row * width + column] }
        }
    }
}

/// Memory that several workers share: all read `source`, each writes only its own rows of `target`.
///
/// Unchecked because exactly that keeps it free of races: chunks of rows do not overlap, and whoever hands it out waits
/// for all workers before the memory goes.
struct DisjointRows: @unchecked Sendable {
    let source: UnsafePointer<Float>
    let target: UnsafeMutablePointer<Float>
}
