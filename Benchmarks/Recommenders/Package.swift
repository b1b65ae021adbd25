// swift-tools-version: 6.2

import PackageDescription

// `Shared` and `Tests` are links to the root package's folders: the recommender library, its evaluation and their tests
// build here alone, without the dependencies of the services, in a fraction of the time.
let package = Package(
    name: "recommender-benchmarks",
    platforms: [.macOS(.v15)],
    targets: [
        .systemLibrary(name: "COpenBLAS", path: "Shared/COpenBLAS", pkgConfig: "openblas"),
        .systemLibrary(name: "CXGBoost", path: "Shared/CXGBoost", pkgConfig: "xgboost"),
        .target(name: "CHNSW", path: "Shared/CHNSW"),
        .target(name: "CKernels", path: "Shared/CKernels"),
        .target(name: "JSON", path: "Shared/JSON"),
        .target(
            name: "Recommenders",
            dependencies: ["CHNSW", "CKernels", "COpenBLAS"],
            path: "Shared/Recommenders"
        ),
        .target(
            name: "Events",
            dependencies: ["JSON"],
            path: "Shared/Events",
            resources: [.embedInCode("Resources/event.schema.json")]
        ),
        .target(name: "Catalog", dependencies: ["Events", "JSON"], path: "Shared/Catalog"),
        .target(name: "Profiles", dependencies: ["Events", "JSON"], path: "Shared/Profiles"),
        .target(name: "Ranking", dependencies: ["CXGBoost", "JSON"], path: "Shared/Ranking"),
        .target(
            name: "Scoring",
            dependencies: ["Catalog", "Events", "Profiles", "Ranking", "Recommenders"],
            path: "Shared/Scoring"
        ),
        .target(
            name: "Evaluation",
            dependencies: ["Events", "JSON", "Ranking", "Recommenders"],
            path: "Shared/Evaluation"
        ),
        .target(
            name: "Training",
            dependencies: ["Evaluation", "Events", "Profiles", "Ranking", "Recommenders", "Scoring"],
            path: "Shared/Training"
        ),
        .executableTarget(
            name: "training-benchmark",
            dependencies: ["Events", "Profiles", "Recommenders", "Scoring", "Training"],
            path: "Training"
        ),
        .executableTarget(
            name: "recommender-benchmarks",
            dependencies: [
                "CXGBoost", "Evaluation", "Events", "Profiles", "Ranking", "Recommenders", "Scoring", "Training",
            ],
            path: "Sources"
        ),
        .target(name: "ReferenceData", path: "Tests/ReferenceData"),
        .testTarget(
            name: "RecommendersTests",
            dependencies: ["Recommenders", "ReferenceData"],
            path: "Tests/RecommendersTests"
        ),
        .testTarget(name: "RankingTests", dependencies: ["CXGBoost", "Ranking"], path: "Tests/RankingTests"),
        .testTarget(
            name: "EvaluationTests",
            dependencies: ["Evaluation", "Ranking", "Recommenders", "ReferenceData"],
            path: "Tests/EvaluationTests"
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

let isC: Set<String> = ["CHNSW", "CKernels"]
let isNumeric: Set<String> = ["Evaluation", "Ranking", "Recommenders", "Scoring", "Training"]
for target in package.targets where target.type != .system && !isC.contains(target.name) {
    var settings: [SwiftSetting] = [
        .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
    if isNumeric.contains(target.name) { settings.append(.unsafeFlags(["-O"], .when(configuration: .debug))) }
    target.swiftSettings = settings
}
