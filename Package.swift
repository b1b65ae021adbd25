// swift-tools-version: 6.2

import PackageDescription

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let locks = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "freshet",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "collector", targets: ["Collector"]),
        .executable(name: "stream-processor", targets: ["StreamProcessor"]),
        .executable(name: "profile-updater", targets: ["ProfileUpdater"]),
        .executable(name: "scorer", targets: ["Scorer"]),
        .executable(name: "server", targets: ["Server"]),
        .executable(name: "freshet", targets: ["Freshet"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        // C modules of the system libraries.
        .systemLibrary(
            name: "CRDKafka",
            path: "Shared/CRDKafka",
            pkgConfig: "rdkafka",
            providers: [.apt(["librdkafka-dev"]), .brew(["librdkafka"])]
        ),
        .systemLibrary(
            name: "CHiredis",
            path: "Shared/CHiredis",
            providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]
        ),
        .systemLibrary(name: "CZlib", path: "Shared/CZlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(
            name: "COpenBLAS",
            path: "Shared/COpenBLAS",
            pkgConfig: "openblas",
            providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]
        ),
        .systemLibrary(
            name: "CXGBoost",
            path: "Shared/CXGBoost",
            pkgConfig: "xgboost",
            providers: [.apt(["libxgboost-dev"]), .brew(["xgboost"])]
        ),
        .target(name: "CHNSW", path: "Shared/CHNSW"),
        .target(name: "CKernels", path: "Shared/CKernels"),

        // Adapters: I/O, no domain.
        .target(name: "Threading", dependencies: [locks], path: "Shared/Threading"),
        .target(name: "Kafka", dependencies: ["CRDKafka", "Threading", locks, logging], path: "Shared/Kafka"),
        .target(name: "Redis", dependencies: ["CHiredis", "Threading", locks, logging], path: "Shared/Redis"),

        .target(name: "ChildProcesses", dependencies: ["Threading", locks], path: "Shared/ChildProcesses"),

        // The domain: values and pure functions.
        .target(name: "JSON", path: "Shared/JSON"),
        .target(
            name: "Events",
            dependencies: ["JSON"],
            path: "Shared/Events",
            resources: [.embedInCode("Resources/event.schema.json")]
        ),
        .target(name: "Sessions", dependencies: ["Events"], path: "Shared/Sessions"),
        .target(name: "Catalog", dependencies: ["Events", "JSON"], path: "Shared/Catalog"),
        .target(name: "Profiles", dependencies: ["Events", "JSON"], path: "Shared/Profiles"),
        .target(name: "Segments", dependencies: ["Events", "Profiles"], path: "Shared/Segments"),
        .target(
            name: "Recommenders",
            dependencies: ["CHNSW", "CKernels", "COpenBLAS"],
            path: "Shared/Recommenders"
        ),
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
            dependencies: ["Catalog", "Evaluation", "Events", "Profiles", "Ranking", "Recommenders", "Scoring"],
            path: "Shared/Training"
        ),

        // Redis layout and what every executable needs.
        .target(
            name: "Stores",
            dependencies: ["Catalog", "Events", "JSON", "Profiles", "Redis", "Sessions", "Threading", locks],
            path: "Shared/Stores"
        ),
        .target(
            name: "ServiceSupport",
            dependencies: [
                "Events", "Kafka", "Profiles", "Redis", "Stores", "Threading", argumentParser, configuration,
                hummingbird, hummingbirdCore, lifecycle, locks, logging, metrics, nio, signals, yams,
            ],
            path: "Shared/ServiceSupport"
        ),

        .target(
            name: "PublishedLists",
            dependencies: [
                "Catalog", "Events", "Profiles", "Recommenders", "Redis", "Scoring", "ServiceSupport", "Stores",
            ],
            path: "Shared/PublishedLists"
        ),

        .target(
            name: "TrainingPlans",
            dependencies: ["Events", "Profiles", "Ranking", "Recommenders", "Scoring", "ServiceSupport", "Training"],
            path: "Shared/TrainingPlans"
        ),

        // Executables: settings, loops, wiring.
        .executableTarget(
            name: "Collector",
            dependencies: [
                "CZlib", "Events", "JSON", "Kafka", "ServiceSupport", "Threading", hummingbird, lifecycle, locks,
                logging,
            ],
            path: "Services/Collector",
            resources: [.embedInCode("Resources/openapi.json")]
        ),
        .executableTarget(
            name: "StreamProcessor",
            dependencies: [
                "Catalog", "Events", "Kafka", "Redis", "ServiceSupport", "Sessions", "Stores", lifecycle,
            ],
            path: "Services/StreamProcessor"
        ),
        .executableTarget(
            name: "ProfileUpdater",
            dependencies: [
                "Events", "JSON", "Kafka", "Profiles", "Redis", "Segments", "ServiceSupport", "Stores", "Threading",
                lifecycle, locks, logging,
            ],
            path: "Services/ProfileUpdater"
        ),
        .executableTarget(
            name: "Scorer",
            dependencies: [
                "Catalog", "Events", "JSON", "Kafka", "Profiles", "PublishedLists", "Ranking", "Recommenders", "Redis",
                "Scoring", "Segments", "ServiceSupport", "Stores", "Threading", "Training", "TrainingPlans", lifecycle,
                locks, logging,
            ],
            path: "Services/Scorer"
        ),
        .executableTarget(
            name: "Server",
            dependencies: [
                "Catalog", "Events", "JSON", "Kafka", "Profiles", "Redis", "ServiceSupport", "Stores", hummingbird,
                locks, logging, nio,
            ],
            path: "Services/Server",
            resources: [.embedInCode("Resources/openapi.json"), .embedInCode("Resources/Demo")]
        ),
        .executableTarget(
            name: "Freshet",
            dependencies: [
                "Catalog", "ChildProcesses", "Evaluation", "Events", "JSON", "Kafka", "Profiles", "PublishedLists",
                "Ranking", "Recommenders", "Redis", "Scoring", "Segments", "ServiceSupport", "Sessions", "Stores",
                "Threading", "Training", "TrainingPlans", argumentParser, locks, logging,
                signals,
            ],
            path: "Services/Freshet"
        ),

        // Tests.
        .target(name: "CThreadInterposer", path: "Tests/CThreadInterposer"),
        .target(name: "SeededRandom", path: "Tests/SeededRandom"),
        .target(
            name: "TestSupport",
            dependencies: ["CThreadInterposer", "CZlib", "Kafka", "Redis", logging],
            path: "Tests/TestSupport"
        ),
        .testTarget(
            name: "KafkaTests",
            dependencies: ["Kafka", "TestSupport", locks, logging],
            path: "Tests/KafkaTests"
        ),
        .testTarget(name: "ThreadingTests", dependencies: ["Threading", locks], path: "Tests/ThreadingTests"),
        .testTarget(
            name: "ChildProcessesTests",
            dependencies: ["ChildProcesses", locks],
            path: "Tests/ChildProcessesTests"
        ),
        .testTarget(name: "RedisTests", dependencies: ["Redis", "TestSupport"], path: "Tests/RedisTests"),
        .testTarget(name: "JSONTests", dependencies: ["JSON", "SeededRandom"], path: "Tests/JSONTests"),
        .testTarget(name: "EventsTests", dependencies: ["Events", "JSON", "SeededRandom"], path: "Tests/EventsTests"),
        .testTarget(name: "SessionsTests", dependencies: ["Events", "Sessions"], path: "Tests/SessionsTests"),
        .testTarget(name: "CatalogTests", dependencies: ["Catalog", "Events"], path: "Tests/CatalogTests"),
        .testTarget(
            name: "ProfilesTests",
            dependencies: ["Events", "JSON", "Profiles", "Sessions"],
            path: "Tests/ProfilesTests"
        ),
        .testTarget(
            name: "SegmentsTests",
            dependencies: ["Events", "Profiles", "Recommenders", "Segments"],
            path: "Tests/SegmentsTests"
        ),
        .testTarget(
            name: "StreamProcessorTests",
            dependencies: [
                "Events", "Kafka", "Redis", "ServiceSupport", "Sessions", "Stores", "StreamProcessor", "TestSupport",
                locks,
                logging,
            ],
            path: "Tests/StreamProcessorTests"
        ),
        .testTarget(
            name: "ProfileUpdaterTests",
            dependencies: [
                "Events", "ProfileUpdater", "Profiles", "Segments", "ServiceSupport", "Sessions", "Stores", locks,
            ],
            path: "Tests/ProfileUpdaterTests"
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
        .testTarget(
            name: "StoresTests",
            dependencies: ["Catalog", "Events", "Profiles", "Redis", "Sessions", "Stores", "TestSupport"],
            path: "Tests/StoresTests"
        ),
        .testTarget(
            name: "FreshetTests",
            dependencies: [
                "Catalog", "Events", "Freshet", "Kafka", "Recommenders", "Redis", "Scoring", "ServiceSupport",
                "Sessions", "Stores", "TestSupport", argumentParser, logging,
            ],
            path: "Tests/FreshetTests"
        ),
        .target(
            name: "ScoringSamples",
            dependencies: ["Events", "Profiles", "Recommenders", "Scoring"],
            path: "Tests/ScoringSamples"
        ),
        .testTarget(
            name: "ScoringTests",
            dependencies: ["Catalog", "Events", "Profiles", "Ranking", "Recommenders", "Scoring", "ScoringSamples"],
            path: "Tests/ScoringTests"
        ),
        .testTarget(
            name: "ScorerTests",
            dependencies: [
                "Catalog", "Events", "JSON", "Kafka", "Profiles", "PublishedLists", "Recommenders", "Redis", "Scorer",
                "Scoring", "ScoringSamples", "ServiceSupport", "Stores", "TestSupport", "Training", "TrainingPlans",
                locks,
                logging,
            ],
            path: "Tests/ScorerTests"
        ),
        .testTarget(
            name: "TrainingTests",
            dependencies: [
                "Evaluation", "Events", "Profiles", "Ranking", "Recommenders", "Scoring", "ScoringSamples", "Training",
            ],
            path: "Tests/TrainingTests"
        ),
        .testTarget(
            name: "ServiceSupportTests",
            dependencies: [
                "Events", "Kafka", "Redis", "ServiceSupport", "Stores", "TestSupport", configuration, locks, logging,
                metrics,
            ],
            path: "Tests/ServiceSupportTests"
        ),
        .testTarget(
            name: "DocumentationTests",
            dependencies: ["Collector", "ProfileUpdater", "Scorer", "Server", "ServiceSupport", "StreamProcessor"],
            path: "Tests/DocumentationTests"
        ),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "Catalog", "Events", "Profiles", "Redis", "Server", "ServiceSupport", "Stores", "TestSupport",
                hummingbird, locks, logging, nio,
            ],
            path: "Tests/ServerTests"
        ),
        .testTarget(
            name: "CollectorTests",
            dependencies: [
                "Collector", "Events", "JSON", "Kafka", "SeededRandom", "ServiceSupport", "TestSupport", hummingbird,
                lifecycle, logging,
            ],
            path: "Tests/CollectorTests"
        ),
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "Catalog", "Collector", "Events", "JSON", "Profiles", "Recommenders", "Redis", "Scorer", "Scoring",
                "SeededRandom", "Segments", "Server", "ServiceSupport", "Sessions", "Stores", "TestSupport", "Training",
            ],
            path: "Tests/FuzzTests"
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// Modules that touch C memory; everywhere else unsafe code compiles only where it is marked.
let wrapsC: Set<String> = [
    "ChildProcesses", "Kafka", "Redis", "Threading", "JSON", "Ranking", "RankingTests", "Recommenders",
    "RecommendersTests",
    "Collector", "TestSupport",
]
let isC: Set<String> = ["CHNSW", "CKernels", "CThreadInterposer"]
// The modules that events pass through: generic code and small accessors of one are compiled into the others.
let isHot: Set<String> = [
    "Catalog", "Events", "JSON", "Kafka", "ProfileUpdater", "Profiles", "Redis", "Sessions", "Stores",
    "StreamProcessor",
]
let isNumeric: Set<String> = ["Evaluation", "Ranking", "Recommenders", "Scoring", "Segments", "Training"]
for target in package.targets where target.type != .system && !isC.contains(target.name) {
    var settings: [SwiftSetting] = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
    if !wrapsC.contains(target.name) { settings.append(.strictMemorySafety()) }
    // Numeric loops are a hundred times slower unoptimised: the reference figures would take minutes in a debug build.
    if isNumeric.contains(target.name) { settings.append(.unsafeFlags(["-O"], .when(configuration: .debug))) }
    if isHot.contains(target.name) {
        settings.append(.unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)))
    }
    target.swiftSettings = settings
}
