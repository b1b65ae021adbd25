public import Foundation

/// The real data sets with published figures: in the folder named by `FRESHET_DATA`, else beside the package.
public enum ReferenceData {
    /// A data set that a test needs and that is nowhere.
    public struct Missing: Error, CustomStringConvertible {
        /// What is missing, and where it was looked for.
        public let description: String
    }

    /// The bytes of a file such as `movielens-1m-5star/train_users.dat`; `nil`, with a message, where it is missing.
    ///
    /// With `CI=true` missing data is the error ``Missing`` instead: nobody should believe that a figure was reproduced
    /// when it was not.
    public static func contents(of name: String) throws -> Data? {
        let file = folder.appending(path: name)
        guard FileManager.default.fileExists(atPath: file.path) else {
            let message =
                "\(name) is missing: looked in \(folder.path); set FRESHET_DATA to the folder of the data sets"
            if ProcessInfo.processInfo.environment["CI"] == "true" { throw Missing(description: message) }
            print("skipped: \(message)")
            return nil
        }
        return try Data(contentsOf: file)
    }

    /// Says that a row of a published table was computed and held; the test run's closing line counts these.
    public static func reproduced(_ row: String, _ figures: String) {
        print("reproduced row: \(row): \(figures)")
    }

    private static var folder: URL {
        if let named = ProcessInfo.processInfo.environment["FRESHET_DATA"] { return URL(filePath: named) }
        let source = URL(filePath: #filePath).resolvingSymlinksInPath()
        return source.appending(path: "../../../../shared/data").standardized
    }
}
