import Kernels

/// Collects a varied set of good solutions, where people say what varied means by telling which of two is
/// more like a third.
///
/// Source: Ding, Zhang, Clune, Spector and Lehman, "Quality Diversity through Human Feedback: Towards
/// Open-Ended Diversity-Driven Optimization" (2024). A solution x has a quality and features f(x), both
/// given by the caller. Answered triplets train a `DiversityProjection` z = A f; an `EliteArchive` over
/// z, its bounds those of the solutions at the time, keeps the best of each cell; new solutions are
/// elites drawn evenly and changed by normal noise (MAP-Elites).
///
/// Until the first answers come, solutions are random. Questions asked later are about the elites, and
/// with every lot of answers the projection is fitted anew to all and the archive rebuilt. The authors
/// ask a quarter of the questions at the start and after 10%, 25% and 50% of the run. Batches may be open
/// at once. With `use(_:)` any other projection takes the learnt one's place.
///
/// - Complexity: O(D + k p) for a solution; a rebuild costs O(k p) for each elite.
///
/// ```swift
/// var search = DiversitySearch(dimension: 10, features: 20, low: -1, high: 1)
/// let batch = search.choose()
/// search.learn(
///     batch,
///     batch.action.map { EliteArchive.Elite(solution: $0, features: features($0), quality: quality($0)) })
/// let questions = search.triplets(250)
/// search.learn(questions, secondIsNearer: questions.map(ask))
/// ```
public struct DiversitySearch: Policy, Hashable {
    public static let id = "qdhf"

    /// The number of coordinates of a solution.
    public let dimension: Int
    /// The lower end of random solutions' coordinates.
    public let low: Double
    /// Their upper end.
    public let high: Double
    /// The number of solutions in a batch.
    public let batch: Int
    /// The standard deviation of the noise that changes an elite.
    public let mutation: Double
    /// The number of the archive's cells along each axis.
    public let cells: Int
    public var journal: Journal
    /// The map to the archive's coordinates.
    public private(set) var projection: DiversityProjection
    /// The elites; empty until there is a learnt projection.
    public private(set) var archive: EliteArchive
    /// Whether the projection was learnt or given.
    public private(set) var isReady = false

    /// The solutions that came before the projection.
    private var pool: [EliteArchive.Elite] = []
    private var questions: [Triplet] = []
    private var answers: [Bool] = []

    /// Creates a search that has seen nothing.
    ///
    /// - Parameters:
    ///   - dimension: The number of coordinates of a solution.
    ///   - features: The number of features of a solution.
    ///   - low: The lower end of random solutions' coordinates.
    ///   - high: Their upper end.
    ///   - batch: The number of solutions in a batch.
    ///   - mutation: The standard deviation of the noise that changes an elite.
    ///   - cells: The number of the archive's cells along each axis.
    ///   - axes: The number of the archive's axes.
    ///   - seed: The seed.
    public init(
        dimension: Int, features: Int, low: Double, high: Double, batch: Int = 100, mutation: Double = 0.1,
        cells: Int = 50, axes: Int = 2, seed: UInt64 = 1
    ) {
        precondition(dimension > 0 && features > 0 && axes > 0, "a solution has coordinates and features")
        precondition(low < high && batch > 0 && mutation > 0 && cells > 0, "a setting is not positive")
        self.dimension = dimension
        self.low = low
        self.high = high
        self.batch = batch
        self.mutation = mutation
        self.cells = cells
        journal = Journal(seed: seed)
        var random = CounterRandom(seed: seed, stream: 1)
        projection = DiversityProjection(outputs: axes, features: features, random: &random)
        archive = EliteArchive(
            cells: cells, lower: [Double](repeating: 0, count: axes),
            upper: [Double](repeating: 1, count: axes))
    }

    public mutating func decide(
        _ context: NoContext, random: inout CounterRandom
    ) -> PolicyDecision<NoContext, [[Double]]> {
        let elites = archive.elites
        return PolicyDecision(
            action: (0..<batch).map { _ in
                if elites.isEmpty {
                    return (0..<dimension).map { _ in low + (high - low) * random.uniform() }
                }
                return elites[random.below(elites.count)].solution.map { $0 + mutation * random.normal() }
            })
    }

    public mutating func update(
        _ decision: PolicyDecision<NoContext, [[Double]]>, _ outcome: [EliteArchive.Elite]
    ) {
        guard isReady else {
            pool += outcome.filter { $0.quality.isFinite }
            return
        }
        for elite in outcome { archive.insert(elite, at: projection(elite.features)) }
    }

    /// Questions about what has been found, to be answered and given to `learn`; the same until then.
    ///
    /// - Returns: Fewer than `count` only where fewer than three solutions are known: none.
    public func triplets(_ count: Int) -> [Triplet] {
        let known = isReady ? archive.elites : pool
        guard known.count > 2 else { return [] }
        var random = CounterRandom(seed: journal.seed, stream: 2).split(UInt64(questions.count))
        return (0..<count).map { _ in
            let i = random.below(known.count)
            var j = random.below(known.count - 1), k = random.below(known.count - 2)
            if j >= i { j += 1 }
            for taken in [min(i, j), max(i, j)] where k >= taken { k += 1 }
            return Triplet(
                reference: known[i].features, first: known[j].features, second: known[k].features)
        }
    }

    /// Learns what people call similar, and rebuilds the archive.
    ///
    /// - Parameter secondIsNearer: For each question, whether the second was found more like the
    ///   reference than the first.
    public mutating func learn(_ triplets: [Triplet], secondIsNearer: [Bool]) {
        precondition(triplets.count == secondIsNearer.count, "every question needs an answer")
        guard !triplets.isEmpty else { return }
        questions += triplets
        answers += secondIsNearer
        var random = CounterRandom(seed: journal.seed, stream: 3).split(UInt64(questions.count))
        var fitted = DiversityProjection(
            outputs: projection.outputs, features: projection.features, random: &random)
        fitted.fit(questions, secondIsNearer: answers, random: &random)
        use(fitted)
    }

    /// Takes another projection and rebuilds the archive.
    ///
    /// - Precondition: as many features and outputs as the present one.
    public mutating func use(_ other: DiversityProjection) {
        precondition(
            other.features == projection.features && other.outputs == projection.outputs,
            "the projection has another shape")
        projection = other
        let members = archive.elites + pool
        pool = []
        isReady = true
        let places = members.map { other($0.features) }
        let bounds = (0..<other.outputs).map { k in
            (places.map { $0[k] }.min() ?? 0, places.map { $0[k] }.max() ?? 1)
        }
        archive = EliteArchive(cells: cells, lower: bounds.map(\.0), upper: bounds.map(\.1))
        for (member, place) in zip(members, places) { archive.insert(member, at: place) }
    }

    /// The features of all solutions that the search holds.
    public var heldFeatures: [[Double]] { (archive.elites + pool).map(\.features) }
}
