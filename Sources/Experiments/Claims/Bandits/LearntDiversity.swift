import Bandits
import Foundation
import Kernels

/// Diversity learnt from people's answers covers what they care about better than the directions of
/// largest variance.
struct LearntDiversity: Experiment {
    var claim: String {
        "a planar arm with ten joints, 20 000 evaluations, 1000 answers about which of two hands is nearer to a third: on a hidden archive of hand "
            + "positions the quality-diversity score is at least 1.15 times that with principal components, at least 1.3 times for the final elites, and "
            + "at least 0.8 times that with the true positions"
    }
    var baseline: String {
        "MAP-Elites over the first two principal components of the features, and over the true hand position"
    }

    private enum Axes: CaseIterable { case answers, components, truth }

    private struct Found: Sendable {
        var all = 0.0, coverage = 0.0, final = 0.0, accuracy = 0.0
    }

    private static let joints = 10

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 10 : 3
        let root = CounterRandom(seed: seed)
        let all = Parallel.map(runs) { run in
            Axes.allCases.map {
                Self.search($0, seed: seed &* 1000 &+ UInt64(run), random: root.split(UInt64(run)))
            }
        }
        let rows = Axes.allCases.indices.map { k in
            [\Found.all, \.coverage, \.final, \.accuracy].map { path in
                Statistics.mean(all.map { $0[k][keyPath: path] })
            }
        }
        let (mine, components, truth) = (rows[0], rows[1], rows[2])
        return ExperimentResult(
            columns: ["axes", "score", "coverage", "score of the elites", "accuracy"],
            rows: zip(["learnt from answers", "principal components", "hand position"], rows).map {
                .init($0, $1)
            },
            holds: mine[0] >= 1.15 * components[0] && mine[1] > components[1]
                && mine[2] >= 1.3 * components[2]
                && mine[0] >= 0.8 * truth[0] && mine[3] >= 0.85,
            verdict:
                "score \(fixed(mine[0])) against \(fixed(components[0])) (true descriptors \(fixed(truth[0]))), of the elites \(fixed(mine[2])) against "
                + "\(fixed(components[2])); \(percent(mine[3])) of fresh questions answered as the person would"
        )
    }

    /// The cosines and sines of the arm's directions; the hand is where they add up to.
    private static func features(_ angles: [Double]) -> [Double] {
        var sum = 0.0
        let directions = angles.map { angle -> Double in
            sum += angle
            return sum
        }
        return directions.map { cos($0) } + directions.map { sin($0) }
    }

    private static func hand(_ features: [Double]) -> [Double] {
        [features[..<joints].reduce(0, +), features[joints...].reduce(0, +)]
    }

    private static func elite(_ angles: [Double]) -> EliteArchive.Elite {
        let spread = Statistics.variance(angles, degreesRemoved: 0)
        return .init(
            solution: angles, features: features(angles), quality: min(max(100 * (1 - spread), 0), 100))
    }

    private static func secondIsNearer(_ question: Triplet) -> Bool {
        let (r, a, b) = (hand(question.reference), hand(question.first), hand(question.second))
        return hypot(r[0] - a[0], r[1] - a[1]) > hypot(r[0] - b[0], r[1] - b[1])
    }

    private static func search(_ axes: Axes, seed: UInt64, random: CounterRandom) -> Found {
        var random = random
        var search = DiversitySearch(
            dimension: joints, features: 2 * joints, low: -.pi, high: .pi, seed: seed)
        func hidden() -> EliteArchive { EliteArchive(cells: 25, lower: [-10, -10], upper: [10, 10]) }
        var everything = hidden()
        for round in 0..<200 {
            // Ten random batches, then stages at 0, 10, 25 and 50% of the other 190.
            if [10, 29, 57, 105].contains(round) {
                switch axes {
                case .answers:
                    let questions = search.triplets(250)
                    search.learn(questions, secondIsNearer: questions.map(secondIsNearer))
                case .components: search.use(components(search.heldFeatures))
                case .truth:
                    let (one, zero) = (
                        [Double](repeating: 1, count: joints), [Double](repeating: 0, count: joints)
                    )
                    search.use(
                        DiversityProjection(
                            outputs: 2, features: 2 * joints, weights: one + zero + zero + one))
                }
            }
            let batch = search.choose()
            let elites = batch.action.map(elite)
            for elite in elites { everything.insert(elite, at: hand(elite.features)) }
            search.learn(batch, elites)
        }
        var final = hidden()
        for elite in search.archive.elites { final.insert(elite, at: hand(elite.features)) }
        let fresh = (0..<1000).map { _ -> Triplet in
            let items = (0..<3).map { _ in
                features((0..<joints).map { _ in .pi * (2 * random.uniform() - 1) })
            }
            return Triplet(reference: items[0], first: items[1], second: items[2])
        }
        return Found(
            all: everything.score, coverage: everything.coverage, final: final.score,
            accuracy: search.projection.accuracy(fresh, secondIsNearer: fresh.map(secondIsNearer)))
    }

    /// The two directions of largest variance.
    private static func components(_ items: [[Double]]) -> DiversityProjection {
        let p = 2 * joints
        let means = (0..<p).map { j in Statistics.mean(items.map { $0[j] }) }
        var covariance = Matrix(rows: p, columns: p)
        for item in items {
            for i in 0..<p {
                for j in 0..<p {
                    covariance.values[i * p + j] += (item[i] - means[i]) * (item[j] - means[j])
                }
            }
        }
        let eigen = SymmetricEigen(covariance)!
        let order = eigen.values.indices.sorted { eigen.values[$0] > eigen.values[$1] }
        return DiversityProjection(
            outputs: 2, features: p, weights: eigen.vectors.column(order[0]) + eigen.vectors.column(order[1]))
    }
}
