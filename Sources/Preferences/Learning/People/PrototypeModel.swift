import Foundation
import Kernels

/// A learner of prototypes that people are mixtures of.
public protocol PrototypeLearner: PreferenceLearner where Model == PrototypeModel<Self> {}

/// Prototypes, what each makes of things, and where the people stand among them.
///
/// A judge it learnt from is asked for by name, a group is the mean of its judges, and everyone is the population as a whole:
/// the deviation of its predictions is how people differ. A newcomer is placed by Bayes' rule: the population is what is
/// believed before the first answer, so that without answers it is everyone. Judges were placed by the same rule.
///
/// ```swift
/// let ann = try model.predict(data, for: .judge("ann"))
/// let stranger = try model.predict(data, for: .newcomer(answers))
/// ```
public struct PrototypeModel<Learner: PrototypeLearner>: ItemScorer {
    public static var id: String { Learner.id }

    /// What each prototype makes of each item.
    public let prototypes: PrototypeScores
    public let certificate: FitCertificate
    /// What held-out comparisons cost for each number of prototypes tried, K = 1 first; a single one where K was given.
    public let curve: [Double]
    let people: KnownPeople
    let population: SimplexPrior
    let positions: [PersonPosition]
    private let everyone: PersonPosition

    init(
        prototypes: PrototypeScores, people: KnownPeople, population: SimplexPrior,
        positions: [PersonPosition],
        curve: [Double], certificate: FitCertificate
    ) {
        self.prototypes = prototypes
        self.people = people
        self.population = population
        self.positions = positions
        self.curve = curve
        self.certificate = certificate
        everyone = population.position(population.before)
    }

    public var features: Int { prototypes.features }

    /// Where somebody stands among the prototypes.
    ///
    /// - Throws: `LearningError.unknown` for a judge or a group that was not learnt from, `.data` where a newcomer's items do
    ///   not fit.
    public func position(of audience: Audience) throws -> PersonPosition {
        guard case .newcomer(let answers) = audience else { return position(try people.member(audience)) }
        return population.position(try believed(answers))
    }

    private func position(_ member: KnownPeople.Member) -> PersonPosition {
        switch member {
        case .everyone: everyone
        case .person(let place): positions[place]
        case .group(let place): PersonPosition.mean(people.members[place].map { positions[$0] })
        }
    }

    /// The probabilities of the mixtures after a newcomer's answers.
    private func believed(_ answers: ComparisonSet) throws -> [Double] {
        let gaps = try prototypes.gaps(answers)
        return population.posterior(
            population.logLikelihoods(gaps, of: answers, at: Array(0..<answers.count)))
    }

    /// Σᵢ cᵢ log P(yᵢ) of some answers under each prototype alone.
    ///
    /// - Throws: `LearningError.data` where the items do not fit.
    public func logLikelihoods(_ answers: ComparisonSet) throws -> [Double] {
        let (gaps, k) = (try prototypes.gaps(answers), prototypes.prototypes)
        return (0..<k).map { column in
            -(0..<answers.count).reduce(0) {
                $0 + answers.weights[$1]
                    * LogisticLoss().value(gaps.values[$1 * k + column], label: answers.labels[$1])
            }
        }
    }

    public func scores(_ items: ItemSet, for audience: Audience) throws -> [Prediction] {
        let rows = try prototypes(items)
        let (position, k) = (try position(of: audience), prototypes.prototypes)
        return (0..<items.count).map { known(position.prediction(rows.values[$0 * k..<($0 + 1) * k])) }
    }

    public func predict(_ data: ComparisonSet, for audience: Audience) throws -> [Prediction] {
        let (gaps, k) = (try prototypes.gaps(data), prototypes.prototypes)
        return try zip(0..<data.count, positions(data, audience)).map { place, position in
            known(position.prediction(gaps.values[place * k..<(place + 1) * k]))
        }
    }

    /// Where those stand whom each comparison is about.
    func positions(_ data: ComparisonSet, _ audience: Audience) throws -> [PersonPosition] {
        guard let members = try people.each(data, audience) else {
            return [PersonPosition](repeating: try position(of: audience), count: data.count)
        }
        let groups = people.members.indices.map { position(.group($0)) }
        return members.map { if case .group(let group) = $0 { groups[group] } else { position($0) } }
    }

    /// One taste for all has no uncertainty about whose it is.
    private func known(_ prediction: Prediction) -> Prediction {
        prototypes.prototypes > 1 ? prediction : Prediction(prediction.value)
    }

    public var state: ModelState {
        var state = ModelState()
        state.nest("prototypes", prototypes.state)
        people.keep(in: &state)
        let k = prototypes.prototypes
        state["population"] = .init(population.probabilities)
        state["positions"] = .init(positions.flatMap(\.weights), shape: [positions.count, k])
        state["covariances"] = .init(positions.flatMap(\.covariance.values), shape: [positions.count, k, k])
        state["curve"] = .init(curve)
        state.keep(certificate)
        return state
    }

    public init(_ state: ModelState) throws {
        let prototypes = try PrototypeScores(state.nested("prototypes"))
        let (people, k) = (try KnownPeople(state), prototypes.prototypes)
        let weights = try state.numbers("positions", rank: 2)
        let covariances = try state.numbers("covariances", rank: 3)
        guard weights.shape == [people.names.count, k], covariances.shape == weights.shape + [k] else {
            throw LearningError.data("the model's judges do not fit its \(k) prototypes")
        }
        self.init(
            prototypes: prototypes, people: people, population: try SimplexPrior(state),
            positions: people.names.indices.map { place in
                PersonPosition(
                    weights: Array(weights.values[place * k..<(place + 1) * k]),
                    covariance: Matrix(
                        rows: k, columns: k,
                        values: Array(covariances.values[place * k * k..<(place + 1) * k * k])))
            }, curve: try state.vector("curve"), certificate: try state.certificate)
    }
}

extension PrototypeModel: QuestionChooser {
    public func beliefs(about candidates: ComparisonSet, after answers: ComparisonSet?) throws -> Beliefs {
        let (gaps, k) = (try prototypes.gaps(candidates), prototypes.prototypes)
        let shares = try answers.map { try believed($0) } ?? population.before
        // What is nearly ruled out says nothing and costs as much as the rest.
        let points = shares.indices.filter { shares[$0] > 1e-6 }
        let probabilities = Matrix(rows: points.count, columns: candidates.count) { row, place in
            var d = 0.0
            for column in 0..<k {
                d += population.points.values[points[row] * k + column] * gaps.values[place * k + column]
            }
            return Special.logistic(d)
        }
        return Beliefs(shares: points.map { shares[$0] }, probabilities: probabilities)
    }
}
