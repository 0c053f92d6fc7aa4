import Kernels

/// Several models of the same comparisons.
public struct RewardEnsembleModel<Member: ItemScorer>: ItemScorer {
    public static var id: String { "rm-ensemble-uwo" }

    /// The models.
    public let members: [Member]
    /// How their scores become one.
    public var aggregate: EnsembleAggregate
    /// The mean of each member's scores over the reference items.
    public let means: [Double]
    /// Their standard deviation; 1 for a member that scores all alike.
    public let scales: [Double]
    public let certificate: FitCertificate

    /// Puts models together.
    ///
    /// - Parameter reference: the things over which each member's scores are brought to mean 0 and deviation 1.
    public init(members: [Member], aggregate: EnsembleAggregate, reference: ItemSet) throws {
        precondition(!members.isEmpty, "an ensemble has a member")
        self.members = members
        self.aggregate = aggregate
        let scores = try members.map { try $0.scores(reference, for: .everyone).map(\.value) }
        means = scores.map { Statistics.mean($0) }
        scales = scores.map { values in
            let deviation = Statistics.variance(values, degreesRemoved: 0).squareRoot()
            return deviation > 1e-12 && deviation.isFinite ? deviation : 1
        }
        var limits: [String] = []
        for limit in members.flatMap(\.certificate.limits) where !limits.contains(limit) {
            limits.append(limit)
        }
        if members.count == 1 {
            limits.append("one member has no spread: nothing says how sure its scores are")
        }
        certificate = FitCertificate(
            converged: members.allSatisfy(\.certificate.converged),
            steps: members.reduce(0) { $0 + $1.certificate.steps },
            loss: members.reduce(0) { $0 + $1.certificate.loss } / Double(members.count), limits: limits)
    }

    public var features: Int { members[0].features }

    /// The mean of the members' standard deviations: what a standardised score is multiplied by to be log-odds.
    public var scale: Double { Statistics.mean(scales) }

    /// The standardised scores zᵢ, (members, items).
    public func memberScores(_ items: ItemSet, for audience: Audience = .everyone) throws -> Matrix {
        var values: [Double] = []
        values.reserveCapacity(members.count * items.count)
        for (place, member) in members.enumerated() {
            for score in try member.scores(items, for: audience) {
                values.append((score.value - means[place]) / scales[place])
            }
        }
        return Matrix(rows: members.count, columns: items.count, values: values)
    }

    /// The variance of each item's standardised scores, with divisor k: where it is high, another comparison would tell most.
    public func variances(_ items: ItemSet, for audience: Audience = .everyone) throws -> [Double] {
        let scores = try memberScores(items, for: audience)
        return (0..<items.count).map { Statistics.variance(scores.column($0), degreesRemoved: 0) }
    }

    /// The aggregate, with the standard deviation of the members' scores.
    public func scores(_ items: ItemSet, for audience: Audience) throws -> [Prediction] {
        let scores = try memberScores(items, for: audience)
        let values = aggregate(scores)
        let scale = scale
        return values.indices.map { place in
            let spread =
                members.count > 1
                ? scale * Statistics.variance(scores.column(place)).squareRoot() : nil
            return Prediction(scale * values[place], deviation: spread)
        }
    }

    /// The mean of the members' log-odds, with their standard deviation as standard error.
    public func predict(_ data: ComparisonSet, for audience: Audience) throws -> [Prediction] {
        let all = try members.map { try $0.predict(data, for: audience) }
        var column = [Double](repeating: 0, count: members.count)
        return (0..<data.count).map { place in
            for member in column.indices { column[member] = all[member][place].value }
            return Prediction(
                Statistics.mean(column),
                deviation: members.count > 1 ? Statistics.variance(column).squareRoot() : nil)
        }
    }

    public var state: ModelState {
        var state = ModelState()
        state.settings["members"] = String(members.count)
        state.settings["aggregate"] = aggregate.text
        state["score.means"] = .init(means)
        state["score.scales"] = .init(scales)
        for (place, member) in members.enumerated() { state.nest("member \(place)", member.state) }
        state.keep(certificate)
        return state
    }

    public init(_ state: ModelState) throws {
        aggregate = try EnsembleAggregate(text: state.settings["aggregate"])
        means = try state.vector("score.means")
        scales = try state.vector("score.scales")
        guard try state.count("members") == means.count, scales.count == means.count,
            scales.allSatisfy({ $0 > 0 })
        else { throw LearningError.data("the ensemble's scales do not fit its members") }
        members = try means.indices.map { try Member(state.nested("member \($0)")) }
        certificate = try state.certificate
        guard let first = members.first, members.allSatisfy({ $0.features == first.features }) else {
            throw LearningError.data("the ensemble's members do not fit together")
        }
    }
}
