import Kernels

/// Whether an agent's answers hang together: how decided they are, how seldom they run in circles, how well
/// utilities say what they will be, and whether the order of the question matters.
///
/// Source: Mazeika et al., "Utility Engineering" (2025). Of the answered pairs,
///
///     completeness = mean max(P̂, 1 − P̂)
///     transitivity = 1 − mean over triads of (p_ab p_bc p_ca + p_ba p_cb p_ac)
///
/// over all triads with three answered pairs. With few answers to a pair chance alone makes completeness
/// look larger (at a true 0.5 and 10 answers by 0.12); products of shares have no such bias. Standard
/// errors leave out one outcome at a time.
///
/// - Complexity: O(pairs · outcomes), and one fit.
///
/// ```swift
/// let report = try CoherenceReport(preferences)
/// print(report.completeness, report.transitivity, report.utilityFit.accuracy)
/// ```
public struct CoherenceReport: Sendable {
    /// How decided answers are, from 0.5 to 1.
    public let completeness: Prediction
    /// The probability that answers about three outcomes do not run in a circle: 0.75 for chance, 1 for an
    /// order. Nil where no three outcomes were asked in all pairs.
    public let transitivity: Prediction?
    /// The number of triads with three answered pairs.
    public let triads: Int
    /// How well utilities fitted to some pairs predict the others.
    public let utilityFit: HeldOutReport.Part
    /// By how much what is shown first is chosen more often than half.
    public let orderEffect: Double

    /// Looks at answers; a share of the pairs is held out for the fit.
    ///
    /// - Throws: `LearningError.data` with fewer than 10 answered pairs.
    public init(
        _ preferences: SoftPreferences, learner: RandomUtility = RandomUtility(), testShare: Double = 0.2,
        seed: UInt64 = 1
    ) throws {
        precondition(testShare > 0 && testShare < 1, "a share is between 0 and 1")
        let pairs = preferences.answered
        guard pairs.count >= 10 else {
            throw LearningError.data("\(pairs.count) answered pairs; a report on coherence needs at least 10")
        }
        let n = preferences.outcomes.count
        orderEffect = pairs.reduce(0) { $0 + $1.shownFirst - 0.5 } / Double(pairs.count)
        completeness = Self.completeness(pairs, n)
        (transitivity, triads) = Self.transitivity(pairs, n)

        var order = preferences.pairs.indices.filter { preferences.pairs[$0].answers > 0 }
        var random = CounterRandom(seed: seed).split(0xc0e)
        random.shuffle(&order)
        let held = max(1, Int((testShare * Double(order.count)).rounded()))
        var quick = learner
        quick.mostWithErrors = 0
        let model = try quick.fit(preferences.selecting(Array(order.dropFirst(held)).sorted()))
        let test = preferences.selecting(order.prefix(held).sorted())
        utilityFit = try Self.fit(of: model, to: test, seed: seed)
    }

    /// How well utilities say what was answered.
    public static func fit(
        of model: UtilityModel, to preferences: SoftPreferences, seed: UInt64 = 1
    ) throws -> HeldOutReport.Part {
        let data = try preferences.comparisons()
        return HeldOutReport(
            probabilities: preferences.answered.map { model.probability($0.first, over: $0.second) },
            data: data, seed: seed
        ).all
    }

    /// p_ab p_bc p_ca + p_ba p_cb p_ac: the probability that answers about three outcomes run in a circle.
    public static func cycleProbability(_ ab: Double, _ bc: Double, _ ca: Double) -> Double {
        ab * bc * ca + (1 - ab) * (1 - bc) * (1 - ca)
    }

    private static func completeness(_ pairs: [SoftPreferences.Pair], _ n: Int) -> Prediction {
        var sums = OutcomeSums(n)
        for pair in pairs { sums.add(max(pair.share, 1 - pair.share), to: [pair.first, pair.second]) }
        return sums.mean
    }

    private static func transitivity(_ pairs: [SoftPreferences.Pair], _ n: Int) -> (Prediction?, Int) {
        var shares = [Double](repeating: .nan, count: n * n)
        for pair in pairs {
            shares[pair.first * n + pair.second] = pair.share
            shares[pair.second * n + pair.first] = 1 - pair.share
        }
        var sums = OutcomeSums(n)
        for a in 0..<n {
            for b in a + 1..<max(n, a + 1) where !shares[a * n + b].isNaN {
                for c in b + 1..<max(n, b + 1) {
                    let (bc, ca) = (shares[b * n + c], shares[c * n + a])
                    if bc.isNaN || ca.isNaN { continue }
                    sums.add(1 - cycleProbability(shares[a * n + b], bc, ca), to: [a, b, c])
                }
            }
        }
        return (sums.count > 0 ? sums.mean : nil, Int(sums.count))
    }
}

/// A mean over parts that each involve some outcomes, with the standard error of leaving one outcome out at
/// a time.
struct OutcomeSums {
    private(set) var count = 0.0
    private var sum = 0.0
    private var counts: [Double]
    private var sums: [Double]

    init(_ outcomes: Int) {
        counts = [Double](repeating: 0, count: outcomes)
        sums = counts
    }

    mutating func add(_ value: Double, to places: [Int]) {
        sum += value
        count += 1
        for place in places {
            sums[place] += value
            counts[place] += 1
        }
    }

    var mean: Prediction {
        let value = sum / count
        let without = counts.indices.filter { counts[$0] > 0 && counts[$0] < count }.map {
            (sum - sums[$0]) / (count - counts[$0])
        }
        guard without.count > 2 else { return Prediction(value) }
        let middle = Statistics.mean(without)
        let spread = without.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
        let n = Double(without.count)
        return Prediction(value, deviation: ((n - 1) / n * spread).squareRoot())
    }
}
