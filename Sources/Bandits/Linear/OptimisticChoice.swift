import Kernels

/// The arms of several tasks that promise the most together under one representation.
struct OptimisticChoice {
    /// The chosen arm of each task.
    private(set) var arms: [Int] = []
    /// The probability of this choice among those that tie.
    private(set) var propensity = 1.0
    /// What it promises: the sum over tasks.
    private(set) var value = 0.0

    private let radius: Double
    private var listed: [[(arm: Int, mean: Double, variance: Double)]] = []
    private var picked: [Int] = []

    /// Chooses mean + radius·√variance in each task by itself.
    init(
        context: [BanditContext], radius: Double, random: inout CounterRandom,
        _ estimate: (_ task: Int, _ arm: Int) -> (Double, Double)
    ) {
        self.radius = radius
        for (task, occasion) in context.enumerated() {
            let rows = occasion.choices(of: occasion.armFeatures.count).map { arm in
                let (mean, variance) = estimate(task, arm)
                return (arm: arm, mean: mean, variance: variance)
            }
            let scores = rows.map { $0.mean + radius * $0.variance.squareRoot() }
            let top = scores.max() ?? 0
            let ties = scores.indices.filter { scores[$0] == top }
            precondition(!ties.isEmpty, "a task needs at least one arm with finite features")
            let pick = ties.count == 1 ? ties[0] : ties[random.below(ties.count)]
            propensity /= Double(ties.count)
            value += top
            listed.append(rows)
            picked.append(pick)
            arms.append(rows[pick].arm)
        }
    }

    /// Goes over to one ellipsoid for all tasks: improves Σ mean + radius·√(Σ variance) task by task until nothing changes.
    mutating func climb() {
        var changed = true
        var variance = zip(listed, picked).reduce(0) { $0 + $1.0[$1.1].variance }
        while changed {
            changed = false
            for task in listed.indices {
                let now = listed[task][picked[task]]
                let rest = max(variance - now.variance, 0)
                var best = now.mean + radius * (rest + now.variance).squareRoot()
                for (index, row) in listed[task].enumerated() {
                    let score = row.mean + radius * (rest + row.variance).squareRoot()
                    if score > best + 1e-12 * abs(best) {
                        best = score
                        picked[task] = index
                        changed = true
                    }
                }
                variance = rest + listed[task][picked[task]].variance
            }
        }
        arms = zip(listed, picked).map { $0[$1].arm }
        value =
            zip(listed, picked).reduce(0) { $0 + $1.0[$1.1].mean } + radius * variance.squareRoot()
    }
}
