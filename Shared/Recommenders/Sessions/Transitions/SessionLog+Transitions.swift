extension SessionLog {
    /// Every click with each of the `steps` clicks before it, with a weight by their distance and the time of the later one.
    func transitions(
        steps: Int,
        bothWays: Bool = false,
        _ context: FitContext,
        weight: (_ distance: Int, _ seconds: Double) -> Double
    ) throws(RecommenderError) -> [TransitionSums.Transition] {
        var transitions: [TransitionSums.Transition] = []
        transitions.reserveCapacity(clicks.count)
        for session in 0..<count {
            if session % 4096 == 0 {
                try context.checkCancellation()
                context.progress(Double(session) / Double(count))
            }
            let clicks = self[session]
            for later in clicks.indices.dropFirst() {
                for earlier in max(clicks.startIndex, later - min(steps, later))..<later {
                    let (first, second) = (clicks[earlier].item, clicks[later].item)
                    let weight = weight(later - earlier, clicks[later].seconds)
                    transitions.append(TransitionSums.Transition(from: first, to: second, weight: weight))
                    if bothWays {
                        transitions.append(TransitionSums.Transition(from: second, to: first, weight: weight))
                    }
                }
            }
        }
        context.progress(1)
        return transitions
    }
}
