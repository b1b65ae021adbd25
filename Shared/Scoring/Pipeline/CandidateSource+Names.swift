public import Recommenders

extension CandidateSource {
    /// Linear autoencoder over the whole history.
    public static let ease = CandidateSource(rawValue: "ease")
    /// What came next in sessions like the open one.
    public static let next = CandidateSource(rawValue: "next")
    /// What came next in the histories of others that are like the user's, in their order.
    public static let sequence = CandidateSource(rawValue: "sequence")
    /// What others used a few steps after the user's latest items.
    public static let rules = CandidateSource(rawValue: "rules")
    /// What correlates with the kinds of signals of the history: cross-occurrence.
    public static let cco = CandidateSource(rawValue: "cco")
    /// Items that are like those of the history by what they are.
    public static let content = CandidateSource(rawValue: "content")
    /// Items of the categories, tags and creators that the user declared or turned to.
    public static let preferences = CandidateSource(rawValue: "preferences")
    /// What is popular in the user's segment or context.
    public static let context = CandidateSource(rawValue: "context")
    /// Items that nobody has used yet.
    public static let new = CandidateSource(rawValue: "new")

    /// All sources that a plan can name, in the order in which features list them.
    ///
    /// ``new`` is no such source: new items take the places that the plan's exploration gives them.
    public static let all: [CandidateSource] = [
        .als, .similar, .ease, .session, .next, .sequence, .rules, .cco, .content, .preferences, .context, .trending,
        .popular,
    ]
}
