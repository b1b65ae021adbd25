/// The few dense loops that everything else is made of, on vectors of eight `Float`.
///
/// Lengths are multiples of ``laneCount`` unless said otherwise. Products are added, not fused: without the FMA
/// instruction in the compiler's target a fused one is a function call.
enum Kernels {
    typealias Lanes = SIMD8<Float>
    static let laneCount = 8

    @inline(__always)
    static func load(_ pointer: UnsafePointer<Float>) -> Lanes {
        UnsafeRawPointer(pointer).loadUnaligned(as: Lanes.self)
    }

    @inline(__always)
    static func store(_ lanes: Lanes, _ pointer: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: lanes, as: Lanes.self)
    }

    /// The scalar product of two vectors of any length.
    @inline(__always)
    static func dot(_ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, _ count: Int) -> Float {
        var even = Lanes.zero
        var odd = Lanes.zero
        var index = 0
        while index + 16 <= count {
            even += load(left + index) * load(right + index)
            odd += load(left + index + 8) * load(right + index + 8)
            index += 16
        }
        if index + 8 <= count {
            even += load(left + index) * load(right + index)
            index += 8
        }
        var sum = (even + odd).sum()
        while index < count {
            sum += left[index] * right[index]
            index += 1
        }
        return sum
    }

    /// Adds `factor` times `vector` to `target`; any length.
    @inline(__always)
    static func add(
        _ vector: UnsafePointer<Float>,
        times factor: Float,
        to target: UnsafeMutablePointer<Float>,
        _ count: Int
    ) {
        var index = 0
        while index + 8 <= count {
            store(load(target + index) + load(vector + index) * factor, target + index)
            index += 8
        }
        while index < count {
            target[index] += vector[index] * factor
            index += 1
        }
    }
}

/// Adds up weighted outer products of vectors with themselves into the lower triangle of a square matrix.
///
/// Takes four vectors at a time: each number of the matrix is then loaded and stored once for four products.
struct OuterProductSum {
    private let target: UnsafeMutablePointer<Float>
    private let width: Int
    private let stride: Int
    private var waiting: InlineFour

    init(target: UnsafeMutablePointer<Float>, width: Int, stride: Int) {
        self.target = target
        self.width = width
        self.stride = stride
        waiting = InlineFour()
    }

    /// Adds `weight` times `vector` by `vector`; the vector must live until ``finish()``.
    @inline(__always)
    mutating func add(_ vector: UnsafePointer<Float>, weight: Float) {
        if waiting.append(vector, weight) == 4 { flush() }
    }

    /// Adds what still waits.
    mutating func finish() {
        if waiting.count > 0 { flush() }
    }

    private mutating func flush() {
        guard let first = waiting.vectors.0 else { return }
        // Missing ones count with weight zero.
        let second = waiting.vectors.1 ?? first
        let third = waiting.vectors.2 ?? first
        let fourth = waiting.vectors.3 ?? first
        let weights = waiting.weights
        for row in 0..<width {
            let factor0 = weights[0] * first[row]
            let factor1 = weights[1] * second[row]
            let factor2 = weights[2] * third[row]
            let factor3 = weights[3] * fourth[row]
            let cells = target + row * stride
            var column = 0
            while column <= row {
                var sum = Kernels.load(cells + column)
                sum += Kernels.load(first + column) * factor0
                sum += Kernels.load(second + column) * factor1
                sum += Kernels.load(third + column) * factor2
                sum += Kernels.load(fourth + column) * factor3
                Kernels.store(sum, cells + column)
                column += Kernels.laneCount
            }
        }
        waiting = InlineFour()
    }

    private struct InlineFour {
        typealias Vector = UnsafePointer<Float>
        var vectors: (Vector?, Vector?, Vector?, Vector?) = (nil, nil, nil, nil)
        var weights = SIMD4<Float>.zero
        var count = 0

        @inline(__always)
        mutating func append(_ vector: Vector, _ weight: Float) -> Int {
            switch count {
            case 0: vectors.0 = vector
            case 1: vectors.1 = vector
            case 2: vectors.2 = vector
            default: vectors.3 = vector
            }
            weights[count] = weight
            count += 1
            return count
        }
    }
}
