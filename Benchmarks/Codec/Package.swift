// swift-tools-version: 6.2

import PackageDescription

// `Shared` is a link to the root package's folder: its libraries are built here from source, without its dependencies.
let package = Package(
    name: "codec-benchmark",
    platforms: [.macOS(.v15)],
    targets: [
        .target(name: "JSON", path: "Shared/JSON"),
        .target(
            name: "Events",
            dependencies: ["JSON"],
            path: "Shared/Events",
            resources: [.embedInCode("Resources/event.schema.json")]
        ),
        .executableTarget(name: "codec-benchmark", dependencies: ["Events", "JSON"], path: "Sources"),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}
