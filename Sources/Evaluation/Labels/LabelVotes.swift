/// Votes in columns: entry `v` says that worker `worker[v]` gave task `task[v]` the label `label[v]`.
///
/// Shapes: all columns have one entry per vote; indices count from 0. A worker may vote more than once on a
/// task; each vote then counts as one more, so a vote of weight 2 is the same as the vote given twice. Tasks
/// and workers without votes are allowed. Errors: `LabelError` for unequal columns, indices out of range and
/// unusable weights.
///
/// ```swift
/// let votes = try LabelVotes(worker: [0, 1, 2], task: [0, 0, 1], label: [1, 1, 0])
/// ```
public struct LabelVotes: Sendable {
    /// Number of workers; worker indices lie below it.
    public let workerCount: Int
    /// Number of tasks; task indices lie below it.
    public let taskCount: Int
    /// Number of classes; label indices lie below it.
    public let classCount: Int
    /// The voting worker of each vote.
    public let worker: [UInt32]
    /// The task of each vote.
    public let task: [UInt32]
    /// The label of each vote.
    public let label: [UInt32]
    /// The weight of each vote, or nil where every vote counts 1.
    public let weights: [Double]?

    /// Number of votes.
    public var count: Int { worker.count }

    /// Checks and stores the votes. Counts left out are taken as the largest index plus one.
    public init(
        workerCount: Int? = nil, taskCount: Int? = nil, classCount: Int? = nil,
        worker: [UInt32], task: [UInt32], label: [UInt32], weights: [Double]? = nil
    ) throws {
        let n = worker.count
        guard task.count == n else {
            throw LabelError.lengthMismatch(column: "task", count: task.count, expected: n)
        }
        guard label.count == n else {
            throw LabelError.lengthMismatch(column: "label", count: label.count, expected: n)
        }
        if let weights {
            guard weights.count == n else {
                throw LabelError.lengthMismatch(column: "weights", count: weights.count, expected: n)
            }
            if let bad = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
                throw LabelError.badWeight(position: bad, value: weights[bad])
            }
        }
        self.workerCount = try Self.checked("worker", worker, workerCount)
        self.taskCount = try Self.checked("task", task, taskCount)
        self.classCount = try Self.checked("label", label, classCount)
        if self.taskCount > 0 && self.classCount == 0 {
            throw LabelError.badCount(
                name: "classCount", value: 0, needed: "at least 1 where there are tasks")
        }
        self.worker = worker
        self.task = task
        self.label = label
        self.weights = weights
    }

    static func checked(_ column: String, _ values: [UInt32], _ given: Int?) throws -> Int {
        if let given, given < 0 || given > Int(UInt32.max) {
            throw LabelError.badCount(name: column + " count", value: given, needed: "in 0...\(UInt32.max)")
        }
        guard let top = values.max() else { return given ?? 0 }
        guard let given else { return Int(top) + 1 }
        if Int(top) >= given {
            let position = values.firstIndex { Int($0) >= given } ?? 0
            throw LabelError.indexOutOfRange(
                column: column, position: position, value: Int(values[position]), limit: given)
        }
        return given
    }
}

/// The votes sorted by (task, worker, label), equal ones merged: the order every method works in, so that the
/// order in which votes were given cannot change a result.
struct VoteTable {
    let workers: Int
    let tasks: Int
    let classes: Int
    /// `start[i]..<start[i + 1]` are the votes of task i.
    var start: [Int]
    var worker: [Int32]
    var label: [Int32]
    var weight: [Double]
    /// Total weight of each worker's votes.
    var workerWeight: [Double]
    /// Total weight of each class's votes.
    var classWeight: [Double]
    /// Total weight.
    var total: Double
    /// Number of tasks with votes.
    var votedTasks: Int
    /// Number of workers with votes.
    var votedWorkers: Int

    init(_ votes: LabelVotes) {
        let n = votes.count
        var order = [Int32](repeating: 0, count: n)
        var next = order
        for v in 0..<n { order[v] = Int32(v) }
        for (column, limit) in [
            (votes.label, votes.classCount), (votes.worker, votes.workerCount), (votes.task, votes.taskCount),
        ] {
            var place = [Int](repeating: 0, count: limit + 1)
            for c in column { place[Int(c) + 1] += 1 }
            for i in 0..<limit { place[i + 1] += place[i] }
            for v in order {
                let c = Int(column[Int(v)])
                next[place[c]] = v
                place[c] += 1
            }
            swap(&order, &next)
        }
        workers = votes.workerCount
        tasks = votes.taskCount
        classes = votes.classCount
        start = [Int](repeating: 0, count: tasks + 1)
        worker = []
        label = []
        weight = []
        worker.reserveCapacity(n)
        label.reserveCapacity(n)
        weight.reserveCapacity(n)
        workerWeight = [Double](repeating: 0, count: workers)
        classWeight = [Double](repeating: 0, count: classes)
        total = 0
        var lastTask = -1
        for v in order {
            let w = votes.weights?[Int(v)] ?? 1
            if w == 0 { continue }
            let i = Int(votes.task[Int(v)])
            let j = Int32(votes.worker[Int(v)])
            let l = Int32(votes.label[Int(v)])
            if i == lastTask, let last = worker.last, last == j, label[label.count - 1] == l {
                weight[weight.count - 1] += w
            } else {
                start[i + 1] += 1
                worker.append(j)
                label.append(l)
                weight.append(w)
                lastTask = i
            }
            workerWeight[Int(j)] += w
            classWeight[Int(l)] += w
            total += w
        }
        for i in 0..<tasks { start[i + 1] += start[i] }
        votedTasks = 0
        for i in 0..<tasks where start[i + 1] > start[i] { votedTasks += 1 }
        votedWorkers = workerWeight.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }
    }

    /// Vote shares per task, flat `tasks × classes`; rows of tasks without votes are uniform.
    func shares() -> [Double] {
        var out = [Double](repeating: 0, count: tasks * classes)
        for i in 0..<tasks {
            var sum = 0.0
            for v in start[i]..<start[i + 1] {
                out[i * classes + Int(label[v])] += weight[v]
                sum += weight[v]
            }
            for k in 0..<classes {
                out[i * classes + k] = sum > 0 ? out[i * classes + k] / sum : 1 / Double(classes)
            }
        }
        return out
    }

    /// Expected counts n[j][l][k] (true class k last) under a posterior, flat `workers × classes × classes`.
    func counts(_ posterior: [Double]) -> [Double] {
        let K = classes
        var out = [Double](repeating: 0, count: workers * K * K)
        for i in 0..<tasks {
            for v in start[i]..<start[i + 1] {
                let base = (Int(worker[v]) * K + Int(label[v])) * K
                for k in 0..<K { out[base + k] += weight[v] * posterior[i * K + k] }
            }
        }
        return out
    }

    /// The votes' own label shares, with one vote spread evenly over the classes.
    func labelShares() -> [Double] {
        classWeight.map { ($0 + 1 / Double(classes)) / (total + 1) }
    }

    /// Number of groups of workers that share no task with one another.
    func components() -> Int {
        var parent = Array(0..<workers)
        func root(_ j: Int) -> Int {
            var j = j
            while parent[j] != j {
                parent[j] = parent[parent[j]]
                j = parent[j]
            }
            return j
        }
        for i in 0..<tasks where start[i + 1] > start[i] {
            let first = root(Int(worker[start[i]]))
            for v in start[i]..<start[i + 1] { parent[root(Int(worker[v]))] = first }
        }
        var groups = 0
        for j in 0..<workers where workerWeight[j] > 0 && root(j) == j { groups += 1 }
        return groups
    }

    /// Number of tasks with votes of at least two workers.
    func sharedTasks() -> Int {
        var out = 0
        for i in 0..<tasks where start[i + 1] > start[i] {
            if worker[start[i]] != worker[start[i + 1] - 1] { out += 1 }
        }
        return out
    }

    static func checkCells(_ votes: LabelVotes) throws {
        let (square, a) = votes.classCount.multipliedReportingOverflow(by: votes.classCount)
        let (cells, b) = square.multipliedReportingOverflow(by: max(votes.workerCount, 1))
        if a || b || cells > 1 << 28 {
            throw LabelError.tooLarge(workers: votes.workerCount, classes: votes.classCount)
        }
    }
}
