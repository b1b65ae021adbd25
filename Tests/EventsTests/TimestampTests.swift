import Events
import SeededRandom
import Testing

@Suite struct TimestampTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999Z", -1),
            ("2026-11-20T20:27:38.081Z", 1_795_206_458_081),
            ("2026-11-20T22:27:38.081+02:00", 1_795_206_458_081), ("2026-11-20t14:57:38.0819999-05:30z", nil),
            ("2026-11-20t14:57:38.0819999-05:30", 1_795_206_458_081), ("2024-02-29T00:00:00.5Z", 1_709_164_800_500),
            ("2023-02-29T00:00:00Z", nil), ("2000-02-29T00:00:00Z", 951_782_400_000), ("1900-02-29T00:00:00Z", nil),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000), ("2026-11-20T24:00:00Z", nil), ("2026-11-20T20:60:00Z", nil),
            ("2026-11-20T20:27:38", nil), ("2026-11-20 20:27:38Z", nil), ("2026-11-20", nil),
            ("2026-13-01T00:00:00Z", nil),
            ("2026-00-01T00:00:00Z", nil), ("2026-01-00T00:00:00Z", nil), ("2026-1-1T0:0:0Z", nil), ("", nil),
            ("2026-11-20T20:27:38.Z", nil), ("2026-11-20T20:27:38Z ", nil), ("2026-11-20T20:27:38+0200", nil),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
            ("0000-01-01T00:00:00+00:01", nil), ("９026-11-20T20:27:38Z", nil),
        ] as [(String, Int64?)]
    )
    func `RFC 3339 is read with any offset and fraction`(text: String, expected: Int64?) {
        #expect(Timestamp(text)?.milliseconds == expected)
    }

    @Test func `times are written in UTC with milliseconds and read back`() {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<10_000 {
            let range = Timestamp.earliest.milliseconds...Timestamp.latest.milliseconds
            let time = Timestamp(milliseconds: .random(in: range, using: &generator))
            #expect(Timestamp(time.description) == time)
            #expect(time.description.utf8.count == 24)
        }
        #expect(Timestamp(milliseconds: 1_795_206_458_081).description == "2026-11-20T20:27:38.081Z")
        #expect(Timestamp(milliseconds: -1).description == "1969-12-31T23:59:59.999Z")
        #expect(Timestamp(milliseconds: .max).description == "9999-12-31T23:59:59.999Z")
        #expect(Timestamp(milliseconds: .min).description == "0000-01-01T00:00:00.000Z")
    }
}
