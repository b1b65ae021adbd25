/// The Prometheus text exposition format, version 0.0.4.
enum PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    static func isMetricName(_ name: String) -> Bool { isName(name, colon: true) }
    static func isLabelName(_ name: String) -> Bool { isName(name, colon: false) && !name.hasPrefix("__") }

    private static func isName(_ name: String, colon: Bool) -> Bool {
        guard let first = name.utf8.first, !(48...57).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "_"): true
            case UInt8(ascii: ":"): colon
            default: false
            }
        }
    }

    static func append(name: String, family: MetricsRegistry.Family, to text: inout String) {
        text += "# HELP \(name) \(escape(family.help, quotes: false))\n"
        text += "# TYPE \(name) \(family.kind.rawValue)\n"
        let sorted = family.metrics.map { (labels: block($0.key), metric: $0) }.sorted { $0.labels < $1.labels }
        for (labels, (key, metric)) in sorted {
            switch metric {
            case .counter(let counter): text += "\(name)\(labels) \(number(counter.value))\n"
            case .gauge(let gauge): text += "\(name)\(labels) \(number(gauge.value))\n"
            case .histogram(let histogram): append(name: name, labels: key, histogram: histogram, to: &text)
            }
        }
    }

    private static func append(
        name: String,
        labels: [MetricLabel],
        histogram: MetricsRegistry.Histogram,
        to text: inout String
    ) {
        let counts = histogram.counts
        var cumulative = 0
        for (index, count) in counts.enumerated() {
            cumulative += count
            let bound = index < histogram.bounds.count ? number(histogram.bounds[index]) : "+Inf"
            text += "\(name)_bucket\(block(labels + [MetricLabel(name: "le", value: bound)])) \(cumulative)\n"
        }
        text += "\(name)_sum\(block(labels)) \(number(histogram.sum))\n"
        text += "\(name)_count\(block(labels)) \(cumulative)\n"
    }

    private static func block(_ labels: [MetricLabel]) -> String {
        guard !labels.isEmpty else { return "" }
        return "{" + labels.map { "\($0.name)=\"\(escape($0.value, quotes: true))\"" }.joined(separator: ",") + "}"
    }

    private static func escape(_ text: String, quotes: Bool) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return "\(value)"
    }
}
