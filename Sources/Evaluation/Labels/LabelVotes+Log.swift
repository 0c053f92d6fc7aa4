import Signals

extension LabelVotes {
    /// The crowd labels of a log: workers, tasks and classes are numbered by the bytes of their names, so that the
    /// result does not depend on the order of lines.
    ///
    /// Labels without a judge each count as a worker of their own. The names behind the numbers are returned too.
    public static func collect(_ log: FeedbackLog) throws -> (votes: LabelVotes, names: LabelNames) {
        let table = log.labels
        func order(_ names: Names) -> (place: [UInt32], sorted: [String]) {
            var place = [UInt32](repeating: 0, count: names.count)
            var sorted: [String] = []
            for code in names.sortedCodes {
                place[Int(code)] = UInt32(sorted.count)
                sorted.append(names[code])
            }
            return (place, sorted)
        }
        let tasks = order(log.tasks), classes = order(log.classes)
        var names = LabelNames(workers: [], tasks: tasks.sorted, classes: classes.sorted, gold: [:])
        var workerPlace = [UInt32](repeating: .max, count: log.judges.count)
        var present = [Bool](repeating: false, count: log.judges.count)
        for row in 0..<table.count where table.context.judge[row] != Names.none {
            present[Int(table.context.judge[row])] = true
        }
        for code in log.judges.sortedCodes where present[Int(code)] {
            workerPlace[Int(code)] = UInt32(names.workers.count)
            names.workers.append(log.judges[code])
        }
        var worker: [UInt32] = [], task: [UInt32] = [], label: [UInt32] = [], weights: [Double] = []
        worker.reserveCapacity(table.count)
        task.reserveCapacity(table.count)
        label.reserveCapacity(table.count)
        for row in 0..<table.count {
            let judge = table.context.judge[row]
            if judge == Names.none {
                worker.append(UInt32(names.workers.count))
                names.workers.append("(unnamed \(row + 1))")
            } else {
                worker.append(workerPlace[Int(judge)])
            }
            let place = tasks.place[Int(table.task[row])]
            task.append(place)
            label.append(classes.place[Int(table.value[row])])
            if !table.context.weight.isEmpty { weights.append(table.context.weight[row]) }
            let gold = table.gold[row]
            if gold != Names.none { names.gold[Int(place)] = Int(classes.place[Int(gold)]) }
        }
        let votes = try LabelVotes(
            workerCount: names.workers.count, taskCount: names.tasks.count, classCount: names.classes.count,
            worker: worker, task: task, label: label, weights: weights.isEmpty ? nil : weights)
        return (votes, names)
    }
}

/// The names behind the numbers of `LabelVotes`.
public struct LabelNames: Sendable, Hashable {
    /// The workers.
    public internal(set) var workers: [String]
    /// The tasks.
    public internal(set) var tasks: [String]
    /// The classes.
    public internal(set) var classes: [String]
    /// The right class of the tasks where it is known.
    public internal(set) var gold: [Int: Int]
}
