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
        .executable(name: "heed", targets: ["HeedCLI"]),
        .executable(name: "tensor-bench", targets: ["TensorBench"]),
        .executable(name: "decision-bench", targets: ["DecisionBench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", "3.12.0"..<"5.0.0"),
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
        .target(name: "Preferences", dependencies: ["Kernels", "Signals", "Evaluation"]),
        .target(name: "Bandits", dependencies: ["Kernels", "Signals", "Evaluation"]),
        .target(
            name: "Experiments",
            dependencies: ["Kernels", "Tensors", "Signals", "Evaluation", "Preferences", "Bandits"]),
        .target(
            name: "Reports",
            dependencies: ["Kernels", "Signals", "Evaluation", "Preferences", "Bandits", "Experiments"]),
        .target(
            name: "Heed",
            dependencies: [
                "Tensors", "Signals", "Evaluation", "Preferences", "Bandits", "Experiments", "Reports",
            ]),
        .executableTarget(
            name: "HeedCLI",
            dependencies: [
                "Heed", "Kernels",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .executableTarget(name: "TensorBench", dependencies: ["Tensors"], path: "Benchmarks/Tensors"),
        .executableTarget(
            name: "DecisionBench", dependencies: ["Bandits", "Signals", "Kernels"],
            path: "Benchmarks/Decisions"),
        .testTarget(name: "KernelsTests", dependencies: ["Kernels"]),
        .testTarget(name: "TensorsTests", dependencies: ["Tensors", "Kernels"]),
        .executableTarget(
            name: "StoreCrashHelper", dependencies: ["Signals"], path: "Tests/StoreCrashHelper"),
        .testTarget(name: "SignalsTests", dependencies: ["Signals", "Kernels", "StoreCrashHelper"]),
        .testTarget(name: "EvaluationTests", dependencies: ["Evaluation", "Signals", "Kernels"]),
        .testTarget(name: "PreferencesTests", dependencies: ["Preferences", "Signals", "Kernels"]),
        .testTarget(name: "BanditsTests", dependencies: ["Bandits", "Signals", "Evaluation", "Kernels"]),
        .testTarget(name: "ExperimentsTests", dependencies: ["Experiments", "Tensors"]),
        .testTarget(name: "ReportsTests", dependencies: ["Reports", "Preferences", "Signals"]),
        .testTarget(name: "HeedTests", dependencies: ["Heed", "HeedCLI"]),
    ],
    swiftLanguageModes: [.v6]
)
