import Foundation

/// A policy that knows its actions and features by name: what can be saved, valued on a log, and put to work.
///
/// ```swift
/// var decider = try Decider.load(from: "offers.json")
/// let decision = decider.policy.choose(try decider.context(["age": 31], available: ["a", "b"]))
/// print(decider.actions[decision.action], decision.propensity)
/// ```
public struct Decider: Sendable {
    /// The names of the arms.
    public let actions: [String]
    /// The names of the features.
    public let features: [String]
    /// What each feature is divided by before the policy sees it; empty where they are left as they are.
    public let scales: [Double]
    /// Whether every context has a last feature that is always 1.
    public let constant: Bool
    /// What rewards are counted from and in: a reward r is learnt as (r − lower)/(upper − lower), kept within 0...1; `nil` where
    /// they are learnt as they are.
    public let rewards: ClosedRange<Double>?
    /// Marks of the decisions that it learnt from (`LoggedDecisions.marks`), by which they are known again.
    public let learnedFrom: [UInt64]
    /// The policy.
    public var policy: any ArmPolicy

    /// Creates a decider.
    ///
    /// - Precondition: the policy has as many arms as there are actions, and there is one scale for each feature or none.
    public init(
        actions: [String], features: [String], scales: [Double] = [], constant: Bool = false,
        rewards: ClosedRange<Double>? = nil, learnedFrom: [UInt64] = [], policy: any ArmPolicy
    ) {
        precondition(policy.arms.map { $0 == actions.count } ?? true, "one name for each arm")
        precondition(scales.isEmpty || scales.count == features.count, "one scale for each feature")
        self.actions = actions
        self.features = features
        self.scales = scales
        self.constant = constant
        self.rewards = rewards
        self.learnedFrom = learnedFrom
        self.policy = policy
    }

    /// The context with these features; names that the policy does not know are left out.
    ///
    /// An available action that is named twice counts once.
    ///
    /// - Throws: `BanditError.unknown` for an available action that is not one of the policy's; `BanditError.data` where none is
    ///   available or a feature is not a finite number.
    public func context(_ named: [String: Double], available: [String]? = nil) throws(BanditError)
        -> BanditContext
    {
        var indices: [Int32] = [], values: [Double] = []
        for (place, name) in features.enumerated() {
            guard let value = named[name] else { continue }
            guard value.isFinite else { throw .data("the feature \(name) is \(value), not a finite number") }
            indices.append(Int32(place))
            values.append(scales.isEmpty ? value : value / scales[place])
        }
        if constant {
            indices.append(Int32(features.count))
            values.append(1)
        }
        var arms: [Int]?
        if let available {
            guard !available.isEmpty else { throw .data("no action is available") }
            var found: [Int] = []
            for name in available {
                guard let arm = actions.firstIndex(of: name) else {
                    throw .unknown(kind: "action", name: name, known: actions)
                }
                if !found.contains(arm) { found.append(arm) }
            }
            arms = found
        }
        return BanditContext(features: FeatureVector(indices: indices, values: values), available: arms)
    }

    /// Saves the decider; the file appears whole or not at all.
    ///
    /// - Throws: `BanditError.file` where the file cannot be written.
    public func save(to path: String) throws {
        do {
            try encoded().write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw BanditError.file(path: path, reason: "cannot be written: \(error.localizedDescription)")
        }
    }

    /// Loads a decider that goes on exactly where the saved one was.
    ///
    /// - Throws: `BanditError.file` where there is no such file, or it holds something else.
    public static func load(from path: String) throws -> Decider {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw BanditError.file(path: path, reason: "cannot be read")
        }
        return try decode(data, name: path)
    }

    /// The decider as the bytes that `save` writes.
    ///
    /// - Throws: `EncodingError`.
    public func encoded() throws -> Data { try encoded(policy) }

    /// Reads what `encoded` made: a decider that goes on exactly where that one was.
    ///
    /// - Parameter path: What to call it in errors.
    /// - Throws: `BanditError.file` where it is something else, or damaged.
    public static func decode(_ data: Data, name path: String) throws -> Decider {
        guard let header = try? PolicyFile.decoder.decode(Header.self, from: data), header.format == format
        else {
            throw BanditError.file(path: path, reason: "is not a saved decider")
        }
        guard header.version == 1 else {
            throw BanditError.file(
                path: path, reason: "has version \(header.version) of the format, this Heed reads 1")
        }
        guard let kind = ArmPolicyKind.all.first(where: { $0.type.id == header.policy }) else {
            throw BanditError.file(
                path: path, reason: "holds a policy '\(header.policy)' that this Heed does not know")
        }
        return try decoded(kind.type, data, path: path)
    }

    private static let format = "heed-decider"

    private struct Header: Codable {
        var format: String
        var version: Int
        var policy: String
    }

    private struct Contents<P: ArmPolicy>: Codable {
        var format: String
        var version: Int
        var policy: String
        var actions: [String]
        var features: [String]
        var scales: [Double]
        var constant: Bool
        var rewards: ClosedRange<Double>?
        var learnedFrom: [UInt64]
        var state: P
    }

    private func encoded<P: ArmPolicy>(_ policy: P) throws -> Data {
        try PolicyFile.encoder.encode(
            Contents(
                format: Self.format, version: 1, policy: P.id, actions: actions, features: features,
                scales: scales, constant: constant, rewards: rewards, learnedFrom: learnedFrom, state: policy)
        )
    }

    private static func decoded<P: ArmPolicy>(_ type: P.Type, _ data: Data, path: String) throws -> Decider {
        let contents: Contents<P>
        do {
            contents = try PolicyFile.decoder.decode(Contents<P>.self, from: data)
        } catch {
            throw BanditError.file(path: path, reason: "is damaged")
        }
        guard contents.state.arms.map({ $0 == contents.actions.count }) ?? true,
            contents.scales.isEmpty || contents.scales.count == contents.features.count,
            contents.scales.allSatisfy({ $0 > 0 && $0.isFinite })
        else { throw BanditError.file(path: path, reason: "is damaged: its names do not match its policy") }
        return Decider(
            actions: contents.actions, features: contents.features, scales: contents.scales,
            constant: contents.constant, rewards: contents.rewards, learnedFrom: contents.learnedFrom,
            policy: contents.state)
    }
}
