/// Vectors that a batch of gradients moves: the gradients of the batch by row, and the sums of squares that AdaGrad needs.
struct BPRVectors: Sendable {
    private(set) var matrix: FactorMatrix
    private var squares: [Float]
    private var gradients: [Float] = []
    /// Where the gradient of a row stands, or -1.
    private var places: [Int32]
    private var touched: [Int32] = []

    init(_ matrix: FactorMatrix, optimizer: BPRParameters.Optimizer) {
        self.matrix = matrix
        squares = optimizer == .adaGrad ? [Float](repeating: 0, count: matrix.values.count) : []
        places = [Int32](repeating: -1, count: matrix.rowCount)
    }

    /// Adds factor · (plus − minus) + decay · own row to the gradient of `row`; without `minus` it is factor · plus.
    mutating func add(
        to row: Int,
        _ factor: Float,
        _ plus: UnsafePointer<Float>,
        minus: UnsafePointer<Float>? = nil,
        decay: Float
    ) {
        let stride = matrix.stride
        if places[row] < 0 {
            places[row] = Int32(touched.count)
            touched.append(Int32(row))
            if gradients.count < touched.count * stride {
                gradients.append(contentsOf: repeatElement(0, count: stride))
            }
        }
        let place = Int(places[row]) * stride
        matrix.values.withUnsafeBufferPointer { values in
            gradients.withUnsafeMutableBufferPointer { gradients in
                guard let own = values.baseAddress, let target = gradients.baseAddress else { return }
                Kernels.add(plus, times: factor, to: target + place, stride)
                if let minus { Kernels.add(minus, times: -factor, to: target + place, stride) }
                Kernels.add(own + row * stride, times: decay, to: target + place, stride)
            }
        }
    }

    /// The gradient of a row in this batch.
    func gradient(of row: Int) -> [Float] {
        guard places[row] >= 0 else { return [Float](repeating: 0, count: matrix.width) }
        let place = Int(places[row]) * matrix.stride
        return Array(gradients[place..<place + matrix.width])
    }

    /// Moves every row against its gradient and forgets the gradients.
    mutating func step(rate: Float) {
        let stride = matrix.stride
        let isAdaptive = !squares.isEmpty
        matrix.values.withUnsafeMutableBufferPointer { values in
            squares.withUnsafeMutableBufferPointer { squares in
                gradients.withUnsafeMutableBufferPointer { gradients in
                    guard let values = values.baseAddress, let gradients = gradients.baseAddress else { return }
                    for (place, row) in touched.enumerated() {
                        places[Int(row)] = -1
                        for first in Swift.stride(from: 0, to: stride, by: Kernels.laneCount) {
                            let at = Int(row) * stride + first
                            var gradient = Kernels.load(gradients + place * stride + first)
                            Kernels.store(.zero, gradients + place * stride + first)
                            if isAdaptive, let squares = squares.baseAddress {
                                let sum = Kernels.load(squares + at) + gradient * gradient
                                Kernels.store(sum, squares + at)
                                gradient /= sum.squareRoot() + 1e-8
                            }
                            Kernels.store(Kernels.load(values + at) - gradient * rate, values + at)
                        }
                    }
                }
            }
        }
        touched.removeAll(keepingCapacity: true)
    }
}
