/// Splits a text into words: runs of letters, digits and the marks on them, in lower case.
///
/// Everything else separates, apostrophes, hyphens and emoji among them; soft hyphens and variation selectors are
/// dropped. Canonically equal words are the same word, however their accents are encoded. Words of scripts that are
/// written without spaces must be separated by the caller.
public struct Tokenizer: Hashable, Sendable {
    /// Shorter words are left out, in characters; at least 1.
    public var minimumLength: Int
    /// Words that are left out, in lower case.
    public var stopWords: Set<String>

    /// Longer words are noise (addresses, encoded bytes) and left out.
    static let maximumLength = 64

    /// Creates a tokeniser; by default no word is a stop word.
    public init(minimumLength: Int = 2, stopWords: Set<String> = []) {
        self.minimumLength = minimumLength
        self.stopWords = stopWords
    }

    /// The words of `text`, in order.
    public func words(of text: String) -> [String] {
        var words: [String] = []
        forEachWord(of: text) { words.append($0) }
        return words
    }

    func forEachWord(of text: String, _ body: (String) -> Void) {
        var word = ""
        var scalarCount = 0
        func finish() {
            // The bound on scalars, well above that on characters, keeps counting cheap.
            if scalarCount > 0, scalarCount <= 4 * Self.maximumLength,
                (minimumLength...max(minimumLength, Self.maximumLength)).contains(word.count), !stopWords.contains(word)
            {
                body(word)
            }
            word = ""
            scalarCount = 0
        }
        for scalar in text.lowercased().unicodeScalars {
            switch Self.role(of: scalar) {
            case .letter: break
            case .mark: guard scalarCount > 0 else { continue }
            case .nothing: continue
            case .separator:
                if scalarCount > 0 { finish() }
                continue
            }
            scalarCount += 1
            if scalarCount <= 4 * Self.maximumLength { word.unicodeScalars.append(scalar) }
        }
        finish()
    }

    private enum Role {
        case letter
        case mark
        case nothing
        case separator
    }

    private static func role(of scalar: Unicode.Scalar) -> Role {
        if scalar.isASCII {
            switch scalar {
            case "a"..."z", "0"..."9": return .letter
            default: return .separator
            }
        }
        let properties = scalar.properties
        if properties.isVariationSelector || scalar == "\u{AD}" { return .nothing }
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark: return .mark
        case .decimalNumber: return .letter
        default: return properties.isAlphabetic ? .letter : .separator
        }
    }
}
