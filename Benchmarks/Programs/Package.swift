// swift-tools-version: 6.2

import PackageDescription

let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let locks = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

// The programs that the benchmarks need beside the product. `Shared` is a link to the root package's folder.
let package = Package(
    name: "benchmark-programs",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
    ],
    targets: [
        .systemLibrary(name: "CHiredis", path: "Shared/CHiredis"),
        .target(name: "Threading", dependencies: [locks], path: "Shared/Threading"),
        .target(name: "Redis", dependencies: ["CHiredis", "Threading", locks, logging], path: "Shared/Redis"),
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
        .target(
            name: "Stores",
            dependencies: ["Catalog", "Events", "JSON", "Profiles", "Redis", "Sessions", locks],
            path: "Shared/Stores"
        ),
        .executableTarget(name: "bare-http", dependencies: [hummingbird, logging], path: "Sources/BareHTTP"),
        .executableTarget(name: "redis-pipeline", dependencies: ["Redis", logging], path: "Sources/RedisPipeline"),
        .executableTarget(
            name: "scoring-users",
            dependencies: ["Catalog", "Events", "Profiles", "Redis", "Stores", logging],
            path: "Sources/ScoringUsers"
        ),
        .executableTarget(
            name: "synthetic-users",
            dependencies: ["Catalog", "Events", "Profiles", "Redis", "Sessions", "Stores", logging],
            path: "Sources/SyntheticUsers"
        ),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}
