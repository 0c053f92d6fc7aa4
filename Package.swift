// swift-tools-version: 6.1
import PackageDescription

// The modules form a ladder: each may import only those above it in this list.
let package = Package(
    name: "heed",
    platforms: [.macOS(.v14)],
    products: [
        .library(name: "Heed", targets: ["Heed"]),
        .library(name: "Signals", targets: ["Signals"]),
        .library(name: "Tensors", targets: ["Tensors"]),
        .library(name: "Evaluation", targets: ["Evaluation"]),
        .library(name: "Preferences", targets: ["Preferences"]),
        .library(name: "Bandits", targets: ["Bandits"]),
        .library(name: "HeedClient", targets: ["HeedClient"]),
        .library(name: "ChatEndpoint", targets: ["ChatEndpoint"]),
        .library(name: "HeedServer", targets: ["HeedServer"]),
        .executable(name: "heed", targets: ["HeedCLI"]),
        .executable(name: "tensor-bench", targets: ["TensorBench"]),
        .executable(name: "decision-bench", targets: ["DecisionBench"]),
        .executable(name: "preference-bench", targets: ["PreferenceBench"]),
        .executable(name: "serving-bench", targets: ["ServingBench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", "3.12.0"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.9.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "Kernels"),
        .target(name: "CTorchTable"),
        .target(name: "Tensors", dependencies: ["CTorchTable", "Kernels"]),
        .target(
            name: "Signals",
            dependencies: [
                "CZlib", "Kernels",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .target(name: "Evaluation", dependencies: ["Kernels", "Signals"]),
        .target(name: "Preferences", dependencies: ["Kernels", "Tensors", "Signals", "Evaluation"]),
        .target(name: "Bandits", dependencies: ["Kernels", "Signals", "Evaluation"]),
        .target(
            name: "Experiments",
            dependencies: ["Kernels", "Tensors", "Signals", "Evaluation", "Preferences", "Bandits"]),
        .target(
            name: "Reports",
            dependencies: ["Kernels", "Signals", "Evaluation", "Preferences", "Bandits", "Experiments"]),
        .target(name: "Postgres"),
        .target(name: "HeedAPI"),
        .target(
            name: "Serving",
            dependencies: [
                "HeedAPI", "Postgres", "Kernels", "Signals", "Evaluation", "Preferences", "Bandits",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .target(
            name: "HeedServer",
            dependencies: [
                "HeedAPI", "Serving", "Reports", "Signals",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .target(
            name: "HeedClient",
            dependencies: [
                "HeedAPI", "Signals",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ]),
        .target(
            name: "ChatEndpoint",
            dependencies: [
                "Kernels", "Preferences",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ]),
        .target(
            name: "Heed",
            dependencies: [
                "Tensors", "Signals", "Evaluation", "Preferences", "Bandits", "Experiments", "Reports",
            ]),
        .executableTarget(
            name: "HeedCLI",
            dependencies: [
                "Heed", "HeedAPI", "HeedServer", "Kernels", "Serving",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .executableTarget(name: "TensorBench", dependencies: ["Tensors"], path: "Benchmarks/Tensors"),
        .executableTarget(
            name: "DecisionBench", dependencies: ["Bandits", "Signals", "Kernels"],
            path: "Benchmarks/Decisions"),
        .executableTarget(
            name: "PreferenceBench", dependencies: ["Preferences", "Tensors"], path: "Benchmarks/Preferences"),
        .executableTarget(
            name: "ServingBench",
            dependencies: [.product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Benchmarks/Serving"),
        .testTarget(name: "KernelsTests", dependencies: ["Kernels"]),
        .testTarget(name: "TensorsTests", dependencies: ["Tensors", "Kernels"]),
        .executableTarget(
            name: "StoreCrashHelper", dependencies: ["Signals"], path: "Tests/StoreCrashHelper"),
        .testTarget(name: "SignalsTests", dependencies: ["Signals", "Kernels", "StoreCrashHelper"]),
        .testTarget(name: "EvaluationTests", dependencies: ["Evaluation", "Signals", "Kernels"]),
        .testTarget(
            name: "PreferencesTests", dependencies: ["Preferences", "Tensors", "Signals", "Kernels"]),
        .testTarget(name: "BanditsTests", dependencies: ["Bandits", "Signals", "Evaluation", "Kernels"]),
        .testTarget(name: "ExperimentsTests", dependencies: ["Experiments", "Tensors"]),
        .testTarget(name: "ReportsTests", dependencies: ["Reports", "Preferences", "Signals"]),
        .target(name: "TestPostgres", dependencies: ["Postgres"], path: "Tests/TestPostgres"),
        .testTarget(
            name: "ServingTests",
            dependencies: ["Serving", "HeedAPI", "Postgres", "Signals", "Bandits", "TestPostgres"]),
        .testTarget(name: "ChatEndpointTests", dependencies: ["ChatEndpoint", "Preferences"]),
        .testTarget(
            name: "HeedServerTests", dependencies: ["HeedServer", "HeedClient", "Serving", "Signals"]),
        .testTarget(
            name: "HeedTests",
            dependencies: [
                "Heed", "ChatEndpoint", "HeedCLI", "HeedAPI", "HeedClient", "ServingBench", "TestPostgres",
            ]),
    ],
    swiftLanguageModes: [.v6]
)
