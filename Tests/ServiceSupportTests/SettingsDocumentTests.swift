import ServiceSupport
import Testing

@Suite struct SettingsDocumentTests {
    private struct Recipe: Decodable, Equatable {
        var serves: Int
        var rest: Duration
        var steps: [Step]

        enum CodingKeys: String, CodingKey, CaseIterable { case serves, rest, steps }

        init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            serves = try container.decode(.serves, default: 2, in: 1...20)
            rest = try container.decode(.rest, default: .zero, in: .zero ... .seconds(3600))
            steps = try container.decode(.steps, default: [])
        }
    }

    private struct Step: Decodable, Equatable {
        var name: String
        var minutes: Double
    }

    private func decode(_ text: String) throws(SettingsError) -> Recipe {
        try SettingsDocument(text: text, name: "soup.yaml", setting: "recipe").decode(Recipe.self)
    }

    @Test func `YAML and JSON say the same`() throws {
        let yaml = try decode("# for four\nserves: 4\nrest: 10m\nsteps:\n  - {name: boil, minutes: 1.5}\n")
        let json = try decode(
            "{\"serves\": 4,\n\t\"rest\": \"10m\", \"steps\": [{\"name\": \"boil\", \"minutes\": 1.5}]}"
        )
        #expect(yaml == json)
        #expect(yaml.rest == .seconds(600) && yaml.steps == [Step(name: "boil", minutes: 1.5)])
    }

    @Test func `an empty file is all defaults`() throws {
        #expect(try decode("").serves == 2)
        #expect(try decode("# nothing\n").steps.isEmpty)
    }

    @Test(arguments: [
        ("serves: 4\nrset: 1m\n", "soup.yaml line 2: rset: unknown key"),
        ("rest: 1m\n\nserves: 99\n", "soup.yaml line 3: serves: 99 is not within 1 to 20"),
        ("rest: soon\n", "soup.yaml line 1: rest: 'soon' is not a duration"),
        ("serves: many\n", "soup.yaml line 1: serves: is not a whole number"),
        ("steps:\n  - name: boil\n    minutes: 1\n  - name: cool\n    minutes: long\n", "line 5: steps.1.minutes"),
        ("steps:\n  - name: boil\n", "line 2: steps.0: the key minutes is missing"),
        ("serves: 1\nserves: 2\n", "soup.yaml"),
        ("serves: [1\n", "soup.yaml"),
        ("- 1\n", "soup.yaml line 1"),
    ]) func `what is wrong is told with its line and key`(_ text: String, _ expected: String) {
        let error = #expect(throws: SettingsError.self) { try decode(text) }
        #expect(error?.key == "recipe")
        #expect(error?.problem.contains(expected) == true, "\(error?.problem ?? "no error")")
    }

    @Test func `a file that is not there is told`() {
        #expect(throws: SettingsError(key: "recipe", problem: "cannot read the file /no/such/file")) {
            try SettingsDocument(path: "/no/such/file", setting: "recipe")
        }
    }
}
