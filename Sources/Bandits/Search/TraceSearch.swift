import Foundation
import Kernels

/// Improves a pipeline by trying changes of those parameters alone that the failing part of its last run
/// depends on.
///
/// Source: Cheng, Nie and Swaminathan, "Trace is the Next AutoDiff" (2024) for the traces. Of the
/// parameters that the best run's tagged nodes depend on (where nothing is tagged, the output) one is
/// changed: a number by normal noise of a tenth of its range, a choice to another one. A trial is kept if
/// its score is larger. Free texts are left alone: they need someone who writes, see `TraceProposals`.
/// Without tags it is a random search by coordinates.
///
/// - Complexity: O(nodes²) for a report.
public struct TraceSearch: Policy, Hashable {
    public static let id = "trace-search"

    /// The parameters of the best run; those at the start before any.
    public private(set) var parameters: TraceParameters
    /// The scale of a change, as a share of the range.
    public let mutation: Double
    public var journal: Journal
    /// The score of the best run; `nil` before any.
    public private(set) var score: Double?

    private var suspects: [String]

    /// Creates a search that starts from the parameters' values.
    ///
    /// - Parameters:
    ///   - parameters: The parameters.
    ///   - mutation: The standard deviation of a number's change, as a share of its range.
    ///   - seed: The seed.
    public init(_ parameters: TraceParameters, mutation: Double = 0.1, seed: UInt64 = 1) {
        precondition(mutation > 0, "a change has a size")
        self.parameters = parameters
        self.mutation = mutation
        journal = Journal(seed: seed)
        suspects = parameters.all.map(\.name)
    }

    public mutating func decide(
        _ context: NoContext, random: inout CounterRandom
    ) -> PolicyDecision<NoContext, TraceParameters> {
        var trial = parameters
        // The first run shows what the start is worth.
        let changeable = parameters.all.filter { suspects.contains($0.name) && $0.constraint != .text }
        if score != nil, !changeable.isEmpty {
            let parameter = changeable[random.below(changeable.count)]
            try! trial.apply([parameter.name: changed(parameter, &random)])
        }
        return PolicyDecision(action: trial)
    }

    private func changed(_ parameter: TraceParameters.Parameter, _ random: inout CounterRandom) -> TraceValue
    {
        switch (parameter.constraint, parameter.value) {
        case (.range(let low, let high), .number(let value)):
            return .number(min(max(value + mutation * (high - low) * random.normal(), low), high))
        case (.choices(let texts), .text(let text)):
            let others = texts.filter { $0 != text }
            return others.isEmpty ? parameter.value : .text(others[random.below(others.count)])
        default: return parameter.value
        }
    }

    /// A report without a score, or with one that is not a number, says that the trial is no good.
    public mutating func update(_ decision: PolicyDecision<NoContext, TraceParameters>, _ report: TraceReport)
    {
        guard let found = report.score, found > score ?? -.infinity else { return }
        score = found
        parameters = decision.action
        let failing = report.tags.isEmpty ? [report.output] : report.tags.keys.sorted()
        let blamed = Set(failing.flatMap(report.trace.responsible))
        let names = blamed.sorted().map { report.trace.nodes[$0].name }
        suspects = names.isEmpty ? parameters.all.map(\.name) : names
    }
}
