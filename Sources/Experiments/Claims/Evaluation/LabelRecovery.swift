import Evaluation
import Kernels

/// With workers of different skill, spammers among them, joint estimation gets more labels right than the majority.
struct LabelRecovery: Experiment {
    var claim: String {
        "at least 3 points more tasks right than the majority vote, and workers' accuracies at least 25% closer"
    }
    var baseline: String { "majority vote" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let boards = size == .full ? 60 : 8
        let root = CounterRandom(seed: seed)
        let found = try Parallel.map(boards) {
            board throws -> (own: Double, majority: Double, error: Double, majorityError: Double) in
            var random = root.split(UInt64(board))
            let tasks = 400, workers = 40, classes = 3
            let truth = (0..<tasks).map { _ in random.categorical(weights: [0.5, 0.3, 0.2]) }
            let skill = (0..<workers).map { _ in
                random.uniform() < 0.3 ? 1.0 / 3 : 0.45 + 0.5 * random.uniform()
            }
            var worker: [UInt32] = [], task: [UInt32] = [], label: [UInt32] = []
            var rightBy = [Double](repeating: 0, count: workers), votesBy = rightBy
            for t in 0..<tasks {
                for w in random.permutation(workers).prefix(5) {
                    let right = random.uniform() < skill[w]
                    let other = (truth[t] + 1 + random.below(classes - 1)) % classes
                    worker.append(UInt32(w))
                    task.append(UInt32(t))
                    label.append(UInt32(right ? truth[t] : other))
                    rightBy[w] += right ? 1 : 0
                    votesBy[w] += 1
                }
            }
            let votes = try LabelVotes(
                workerCount: workers, taskCount: tasks, classCount: classes, worker: worker, task: task,
                label: label)
            let own = try HierarchicalDawidSkene().fit(votes), majority = try MajorityVote().fit(votes)
            func accuracy(_ labels: [Int]) -> Double {
                Double(zip(labels, truth).count { $0 == $1 }) / Double(tasks)
            }
            func error(_ fit: LabelConsensus) -> Double {
                Statistics.mean(
                    (0..<workers).map { abs(fit.workers[$0].accuracy - rightBy[$0] / max(votesBy[$0], 1)) })
            }
            return (accuracy(own.labels), accuracy(majority.labels), error(own), error(majority))
        }
        let own = Statistics.mean(found.map(\.own)), majority = Statistics.mean(found.map(\.majority))
        let error = Statistics.mean(found.map(\.error)),
            majorityError = Statistics.mean(found.map(\.majorityError))
        return ExperimentResult(
            columns: ["method", "tasks right", "error of workers' accuracy"],
            rows: [
                .init("hierarchical Dawid–Skene", [own, error]),
                .init("majority", [majority, majorityError]),
            ],
            holds: own >= majority + 0.03 && error <= 0.75 * majorityError,
            verdict:
                "\(percent(own)) against \(percent(majority)); workers' accuracy off by \(fixed(error)) against "
                + fixed(majorityError))
    }
}
