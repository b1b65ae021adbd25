import Evaluation
import Foundation
import Testing

@Suite struct ParameterSearchTests {
    private let specs = [
        ParameterSpec("rate", .logReal(0.001...10), .real(5), ""),
        ParameterSpec("k", .logInteger(1...1000), .integer(1), ""),
        ParameterSpec("depth", .integer(1...9), .integer(1), ""), ParameterSpec("share", .real(0...1), .real(0), ""),
        ParameterSpec("kind", .choice(["a", "b", "c"]), .choice("a"), ""),
        ParameterSpec("flag", .boolean, .boolean(false), ""),
    ]

    /// Best at rate .05, k 60, share .3, kind c.
    private func score(_ values: ParameterValues) -> Double {
        var score = 0.0
        for (name, value) in values.ordered {
            switch (name, value) {
            case ("rate", .real(let rate)): score -= abs(log10(rate / 0.05))
            case ("k", .integer(let k)): score -= abs(log10(Double(k) / 60))
            case ("share", .real(let share)): score -= abs(share - 0.3)
            case ("kind", .choice(let kind)): score -= kind == "c" ? 0 : 1
            default: break
            }
        }
        return score
    }

    private func best(_ method: ParameterSearch.Method, seed: UInt64, trials: Int = 40) -> Double {
        var search = ParameterSearch(specs, standard: ParameterValues(specs), method: method, seed: seed)
        var best = -Double.infinity
        for _ in 0..<trials {
            let values = search.propose()
            best = max(best, score(values))
            search.report(values, score: score(values))
        }
        return best
    }

    @Test(arguments: [ParameterSearch.Method.random, .tpe])
    func `proposals begin with the standard values, stay in range and depend on the seed alone`(
        method: ParameterSearch.Method
    ) throws {
        func proposals(_ seed: UInt64) -> [ParameterValues] {
            var search = ParameterSearch(specs, standard: ParameterValues(specs), method: method, seed: seed)
            return (0..<30).map { _ in
                let values = search.propose()
                search.report(values, score: score(values))
                return values
            }
        }
        let first = proposals(1)
        #expect(first[0] == ParameterValues(specs))
        #expect(first == proposals(1))
        #expect(first != proposals(2))
        for values in first.dropFirst() {
            guard case .real(let rate)? = values.values["rate"], case .integer(let k)? = values.values["k"],
                case .integer(let depth)? = values.values["depth"]
            else {
                Issue.record("a value has another kind")
                return
            }
            #expect((0.000999...10.001).contains(rate) && (1...1000).contains(k) && (1...9).contains(depth))
        }
    }

    @Test func `the Parzen estimators find better values than chance, on average`() {
        let seeds = Array(UInt64(1)...12)
        let modelled = seeds.map { best(.tpe, seed: $0) }.reduce(0, +) / 12
        let random = seeds.map { best(.random, seed: $0) }.reduce(0, +) / 12
        #expect(modelled > random, "\(modelled) \(random)")
    }

    @Test func `fixed parameters stay, and failures are avoided`() throws {
        var standard = ParameterValues(specs)
        try standard.set("k=77")
        var search = ParameterSearch(specs, standard: standard, fixed: ["k"], method: .tpe, seed: 3)
        for _ in 0..<25 {
            let values = search.propose()
            #expect(values.values["k"] == .integer(77))
            search.report(values, score: -.infinity)
        }
    }

    @Test func `values that cannot be are named with what can`() {
        var values = ParameterValues(specs)
        for (text, part) in [
            ("k=many", "whole number"), ("nope=1", "rate, k, depth"), ("kind=z", "one of a, b, c"),
            ("k", "parameter=value"),
            ("flag=perhaps", "true or false"), ("rate=inf", "a number"),
        ] {
            let error = #expect(throws: ModelError.self) { try values.set(text) }
            #expect(error?.description.contains(part) == true, "\(String(describing: error))")
        }
    }

    @Test func `unknown models are named with near ones, and names are not strict`() throws {
        #expect(try ModelCatalogue.model("itemknn").name == "ItemKNN")
        #expect(try ModelCatalogue.model("VMISKNN").name == "VMIS-kNN")
        let error = #expect(throws: ModelError.self) { try ModelCatalogue.model("ItenKNN") }
        #expect(error?.description.contains("ItemKNN") == true)
        #expect(Set(ModelCatalogue.all.map(\.name)).count == ModelCatalogue.all.count)
    }
}
