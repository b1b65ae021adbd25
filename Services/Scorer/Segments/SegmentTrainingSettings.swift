import Segments
import ServiceSupport

/// How the segment model is fitted.
struct SegmentTrainingSettings: Sendable {
    /// Whether it is fitted at all.
    let isEnabled: Bool
    let interval: Duration
    let sample: Int
    let parameters: SegmentModel.Parameters

    init(from reader: SettingsReader) throws(SettingsError) {
        isEnabled = try reader.bool(
            "segments.training",
            default: true,
            description: "find segments among the users' profiles"
        )
        interval = try reader.duration(
            "segments.interval",
            default: .seconds(600),
            range: .milliseconds(100) ... .seconds(30 * 86_400),
            description: "how often segments are found anew"
        )
        sample = try reader.int(
            "segments.sample",
            default: 10_000,
            range: SegmentModel.minimumSample...1_000_000,
            description: "users among whom segments are found, at most 256 MiB of profiles"
        )
        let kind = try reader.string(
            "segments.model",
            default: "kmeans",
            allowed: ["kmeans", "mixture-diagonal", "mixture-full"],
            description: "what tells segments apart: nearest mean, or Gaussians"
        )
        let scaling = try reader.string(
            "segments.scaling",
            default: "standard",
            allowed: ["standard", "robust"],
            description: "how features become comparable: by mean and deviation, or by median and quartiles"
        )
        let most = try reader.int(
            "segments.count.max",
            default: 8,
            range: 2...64,
            description: "most segments that are tried"
        )
        let share = try reader.double(
            "segments.share.min",
            default: 0.02,
            range: 0...0.49,
            description: "share of the users below which a segment is merged into others"
        )
        parameters = SegmentModel.Parameters(
            kind: kind == "kmeans" ? .kMeans : .mixture(kind == "mixture-full" ? .full : .diagonal),
            counts: 2...most,
            scaling: scaling == "robust" ? .robust : .standard,
            minimumShare: share
        )
    }
}
