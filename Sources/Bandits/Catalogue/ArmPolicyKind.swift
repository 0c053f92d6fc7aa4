/// A policy over arms by its name, with the settings that can be given as text: what commands and services choose from.
///
/// ```swift
/// let (kind, settings) = try ArmPolicyKind.parse("linucb:exploration=0.5")
/// let policy = try kind.make(ArmPolicySetup(arms: 10, features: 20), settings)
/// ```
public struct ArmPolicyKind: Sendable {
    /// The id, as in `--policy ID`.
    public let id: String
    /// What it does, in one line.
    public let summary: String
    /// Whether it looks at the context.
    public let usesFeatures: Bool
    /// The settings.
    public let settings: [Setting]
    private let maker: @Sendable (ArmPolicySetup, Settings) throws(BanditError) -> any ArmPolicy
    let type: any ArmPolicy.Type

    /// One setting.
    public struct Setting: Sendable, Hashable {
        /// The name, as in `ID:name=value`.
        public let name: String
        /// The value where none is given.
        public let standard: Double
        /// The values that make sense.
        public let range: ClosedRange<Double>

        init(_ name: String, _ standard: Double, in range: ClosedRange<Double>) {
            self.name = name
            self.standard = standard
            self.range = range
        }
    }

    /// The values of the settings.
    struct Settings: Sendable {
        var values: [String: Double]
        subscript(name: String) -> Double { values[name] ?? .nan }
    }

    init(
        _ type: (some ArmPolicy).Type, _ summary: String, usesFeatures: Bool = false,
        settings: [Setting] = [],
        _ maker: @escaping @Sendable (ArmPolicySetup, Settings) throws(BanditError) -> any ArmPolicy
    ) {
        self.init(id: type.id, type, summary, usesFeatures: usesFeatures, settings: settings, maker)
    }

    init(
        id: String, _ type: any ArmPolicy.Type, _ summary: String, usesFeatures: Bool = false,
        settings: [Setting] = [],
        _ maker: @escaping @Sendable (ArmPolicySetup, Settings) throws(BanditError) -> any ArmPolicy
    ) {
        self.id = id
        self.type = type
        self.summary = summary
        self.usesFeatures = usesFeatures
        self.settings = settings
        self.maker = maker
    }

    /// Creates the policy.
    ///
    /// - Parameter given: Values of settings by name; the others have their standard values.
    /// - Throws: `BanditError` for a setting that is unknown or out of range, and where the setup does not fit the method.
    public func make(_ setup: ArmPolicySetup, _ given: [String: Double] = [:]) throws(BanditError)
        -> any ArmPolicy
    {
        var settings = Settings(values: [:])
        for setting in self.settings { settings.values[setting.name] = setting.standard }
        for (name, value) in given.sorted(by: { $0.key < $1.key }) {
            guard let setting = self.settings.first(where: { $0.name == name }) else {
                throw .unknown(kind: "setting of \(id)", name: name, known: self.settings.map(\.name))
            }
            guard setting.range.contains(value) else {
                throw .setting(
                    name: "\(id):\(name)", value: "\(value)",
                    expected: "within \(setting.range.lowerBound)...\(setting.range.upperBound)")
            }
            settings.values[name] = value
        }
        return try maker(setup, settings)
    }

    /// Reads a policy's name and settings: `ID`, or `ID:name=value,name=value`.
    ///
    /// - Throws: `BanditError` for an unknown name or a value that is not a number.
    public static func parse(_ text: String) throws(BanditError) -> (
        kind: ArmPolicyKind, settings: [String: Double]
    ) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let id = String(parts[0])
        guard let kind = all.first(where: { $0.id == id }) else {
            throw .unknown(kind: "policy", name: id, known: all.map(\.id))
        }
        var settings: [String: Double] = [:]
        guard parts.count > 1 else { return (kind, settings) }
        for pair in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, let value = Double(sides[1]), value.isFinite else {
                throw .setting(name: "--policy \(text)", value: String(pair), expected: "name=number")
            }
            settings[String(sides[0])] = value
        }
        return (kind, settings)
    }
}

/// What a policy needs to know before it begins.
public struct ArmPolicySetup: Sendable, Hashable {
    /// The number of arms.
    public var arms: Int
    /// The number of features of a context.
    public var features: Int
    /// The number of features of each arm; 0 where arms are known by their number alone.
    public var armFeatures: Int
    /// The smallest and the largest reward.
    public var rewards: ClosedRange<Double>
    /// The seed of the policy's draws.
    public var seed: UInt64

    /// Creates a setup.
    public init(
        arms: Int, features: Int = 0, armFeatures: Int = 0, rewards: ClosedRange<Double> = 0...1,
        seed: UInt64 = 1
    ) {
        self.arms = arms
        self.features = features
        self.armFeatures = armFeatures
        self.rewards = rewards
        self.seed = seed
    }

    /// - Throws: `BanditError.data` where rewards are not in 0...1.
    func requireUnitRewards(_ id: String) throws(BanditError) {
        guard rewards.lowerBound >= 0, rewards.upperBound <= 1 else {
            throw .data(
                "\(id) is for rewards in 0...1, and these lie in \(rewards.lowerBound)...\(rewards.upperBound)"
            )
        }
    }

    /// - Throws: `BanditError.data` where contexts have no features, or too many for methods that keep a matrix.
    func requireFeatures(_ id: String) throws(BanditError) {
        guard features > 0 else {
            throw .data("\(id) learns from features of the context, and the log has none")
        }
        guard features <= 1000 else {
            throw .data(
                "\(id) keeps a matrix of \(features) by \(features) numbers for each arm: squarecb does not")
        }
    }
}
