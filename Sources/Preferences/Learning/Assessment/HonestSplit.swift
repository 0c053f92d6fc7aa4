import Kernels

/// Cuts comparisons into those to learn from and those to be judged by, so that nothing that is asked was seen.
///
/// Whole units go to one side: all comparisons of a prompt, or, where prompts do not differ, all of the same two items. Judges are held out
/// too: of these nothing is learnt at all, their comparisons about known units are kept as `context`, which is what a person
/// who is new may tell of themselves.
///
/// ```swift
/// let split = HonestSplit(data, testShare: 0.2, judgeShare: 0.1, seed: 1)
/// let model = try LinearReward().fit(split.train)
/// ```
public struct HonestSplit: Sendable {
    /// Units that are learnt from, by judges that are learnt from.
    public let train: ComparisonSet
    /// Units that were held out, by all judges.
    public let test: ComparisonSet
    /// Units that are learnt from, by judges that were held out.
    public let context: ComparisonSet
    /// Whether each test comparison is by a judge that was held out.
    public let isNewJudge: [Bool]
    /// For each test comparison its unit, for intervals that know which answers belong together.
    public let testUnits: [Int]
    /// What a unit is: "prompt" or "pair of items".
    public let unit: String

    /// Cuts.
    ///
    /// - Parameters:
    ///   - testShare: the share of units that are held out.
    ///   - judgeShare: the share of judges that are held out; where there are fewer than five, none is.
    public init(_ data: ComparisonSet, testShare: Double = 0.2, judgeShare: Double = 0.1, seed: UInt64 = 1) {
        precondition(
            (0..<1).contains(testShare) && (0..<1).contains(judgeShare), "shares are from 0 to below 1")
        let units = Self.units(data)
        let parts = Self.parts(units, share: testShare, seed: seed)
        var newJudges: Set<Int> = []
        let known = Set(data.judges.filter { $0 >= 0 }).sorted()
        if known.count >= 5 {
            var order = known
            var random = CounterRandom(seed: seed).split(2)
            random.shuffle(&order)
            let wanted = Int((judgeShare * Double(known.count)).rounded())
            newJudges = Set(order.prefix(min(wanted, known.count - 1)))
        }
        train = data.selecting(parts.rest.filter { !newJudges.contains(data.judges[$0]) })
        context = data.selecting(parts.rest.filter { newJudges.contains(data.judges[$0]) })
        test = data.selecting(parts.part)
        isNewJudge = parts.part.map { newJudges.contains(data.judges[$0]) }
        testUnits = parts.part.map { units[$0] }
        unit = Self.hasPrompts(data) ? "prompt" : "pair of items"
    }

    /// Whether there are prompts to tell apart.
    private static func hasPrompts(_ data: ComparisonSet) -> Bool {
        guard data.count > 0, let first = data.prompt(0) else { return !data.items.prompts.isEmpty }
        return (1..<data.count).contains { data.prompt($0) != first }
    }

    /// The unit of each comparison, numbered from 0 in the order in which they come.
    static func units(_ data: ComparisonSet) -> [Int] {
        struct Key: Hashable {
            var a: Int
            var b: Int
        }
        var numbers: [Key: Int] = [:]
        let hasPrompts = hasPrompts(data)
        return (0..<data.count).map { place in
            let (a, b) = (data.left[place], data.right[place])
            let key =
                (hasPrompts ? data.prompt(place) : nil).map { Key(a: -1, b: $0) }
                ?? Key(a: min(a, b), b: max(a, b))
            if let number = numbers[key] { return number }
            numbers[key] = numbers.count
            return numbers.count - 1
        }
    }

    /// A fold from 0 for each comparison: all of a unit are in the same.
    static func folds(_ units: [Int], count: Int, seed: UInt64) -> [Int] {
        var random = CounterRandom(seed: seed).split(3)
        var fold = [Int](repeating: 0, count: (units.max() ?? -1) + 1)
        for (place, unit) in random.permutation(fold.count).enumerated() { fold[unit] = place % count }
        return units.map { fold[$0] }
    }

    /// The places of a random share of the units, and those of all others.
    static func parts(_ units: [Int], share: Double, seed: UInt64) -> (part: [Int], rest: [Int]) {
        let count = (units.max() ?? -1) + 1
        var random = CounterRandom(seed: seed).split(1)
        let order = random.permutation(count)
        var isIn = [Bool](repeating: false, count: count)
        var wanted = Int((share * Double(count)).rounded())
        if share > 0, count > 1 { wanted = min(max(wanted, 1), count - 1) }
        for unit in order.prefix(wanted) { isIn[unit] = true }
        let places = units.indices
        return (places.filter { isIn[units[$0]] }, places.filter { !isIn[units[$0]] })
    }
}
