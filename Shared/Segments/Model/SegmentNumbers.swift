import Profiles

/// The numbers of a new model's segments: one that has mostly the same users as one of the model before keeps its number.
struct SegmentNumbers {
    /// Per segment of the new model.
    private(set) var numbers: [Int]
    /// The first number that was never given.
    private(set) var next: Int

    /// Pairs segments by how many of the sample's users they share, the most first.
    init(_ assignments: [Int], of profiles: [UserProfile], count: Int, _ previous: SegmentModel?) {
        numbers = [Int](repeating: 0, count: count)
        next = previous?.nextNumber ?? 1
        var open = Set(0..<count)
        if let previous {
            var shared: [[Int]] = numbers.map { _ in previous.segments.map { _ in 0 } }
            for (index, profile) in zip(assignments, profiles) {
                shared[index][previous.assignment(of: profile).index] += 1
            }
            var left = Set(previous.segments.indices)
            let pairs = (0..<count).flatMap { new in previous.segments.indices.map { (new: new, old: $0) } }
                .filter { shared[$0.new][$0.old] > 0 }
                .sorted { one, other in
                    let (first, second) = (shared[one.new][one.old], shared[other.new][other.old])
                    return first == second ? (one.new, one.old) < (other.new, other.old) : first > second
                }
            for pair in pairs where open.contains(pair.new) && left.contains(pair.old) {
                numbers[pair.new] = previous.segments[pair.old].number
                open.remove(pair.new)
                left.remove(pair.old)
            }
        }
        for index in open.sorted() {
            numbers[index] = next
            next += 1
        }
    }
}
