import Recommenders
import Testing

@Suite struct TokenizerTests {
    @Test func `words are runs of letters and digits in lower case`() {
        let words = Tokenizer(minimumLength: 1).words(of: "The 2nd Déjà-vu: don't! ΣΟΦΊΑ, 東京 x")
        #expect(words == ["the", "2nd", "déjà", "vu", "don", "t", "σοφία", "東京", "x"])
        #expect(Tokenizer().words(of: "a bc  d\n\tefg") == ["bc", "efg"])
    }

    @Test func `stop words are left out, in whatever case they stand`() {
        let tokenizer = Tokenizer(stopWords: ["the", "und"])
        #expect(tokenizer.words(of: "The cat UND the dog") == ["cat", "dog"])
    }

    @Test func `accents make the same word however they are encoded`() {
        let composed = Tokenizer().words(of: "caf\u{E9}")
        let decomposed = Tokenizer().words(of: "cafe\u{301}")
        #expect(composed == decomposed)
        #expect(Set(composed + decomposed).count == 1)
        // Two scalars, one character.
        #expect(Tokenizer(minimumLength: 2).words(of: "e\u{301}").isEmpty)
    }

    @Test func `emoji, marks without letters and invisible characters are no words`() {
        let text = "👩‍👩‍👧 ok👍🏽 1\u{FE0F}\u{20E3} \u{301} so\u{AD}ft \u{200B} \u{FFFD}"
        #expect(Tokenizer(minimumLength: 1).words(of: text) == ["ok", "1", "soft"])
        #expect(Tokenizer().words(of: "").isEmpty)
    }

    @Test func `a word of a megabyte is noise, and a text of one is read`() {
        #expect(Tokenizer().words(of: String(repeating: "x", count: 1_000_000) + " end") == ["end"])
        #expect(Tokenizer().words(of: "e" + String(repeating: "\u{301}", count: 100_000)).isEmpty)
        #expect(Tokenizer().words(of: String(repeating: "word ", count: 200_000)).count == 200_000)
    }
}
