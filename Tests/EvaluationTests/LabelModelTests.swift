import Foundation
import Testing

@testable import Evaluation

private let models: [(String, any LabelModel)] = [
    ("MajorityVote", MajorityVote()), ("OneCoin", OneCoin()), ("DawidSkene", DawidSkene()),
    ("HierarchicalDawidSkene", HierarchicalDawidSkene()),
]

/// Workers 0–5 sharp (0.85), 6–8 lazy (0.6), 9 and 10 constant, 11 and 12 random, 13 reversed.
private func planted(_ seed: UInt64, tasks: Int = 500) throws -> Simulated {
    try simulate(seed: seed, workers: 14, tasks: tasks, prior: [0.45, 0.55], density: 0.6) { j, k in
        switch j {
        case 0..<6: return coin(2, k, 0.88)
        case 6..<9: return coin(2, k, 0.66)
        case 9, 10: return j == 9 ? [1, 0] : [0.02, 0.98]
        case 11, 12: return [0.5, 0.5]
        default: return coin(2, k, 0.12)
        }
    }
}

@Suite struct LabelModelTests {
    @Test(arguments: [UInt64(1), 2, 3]) func plantedWorkersAreRecovered(seed: UInt64) throws {
        let set = try planted(seed)
        let fit = try HierarchicalDawidSkene().fit(set.votes)
        let kinds: [WorkerKind] = [
            .sharp, .sharp, .sharp, .sharp, .sharp, .sharp, .lazy, .lazy, .lazy, .constant, .constant,
            .random,
            .random, .reversed,
        ]
        for (j, kind) in kinds.enumerated() {
            #expect(fit.workers[j].kind == kind, "worker \(j): \(fit.workers[j].reason)")
        }
        for (j, p) in [0.88, 0.88, 0.88, 0.88, 0.88, 0.88, 0.66, 0.66, 0.66].enumerated() {
            #expect(abs(fit.workers[j].accuracy - p) < 0.07)
        }
        #expect(abs(fit.workers[9].informedness) < 0.1)
        #expect(abs(fit.workers[11].informedness) < 0.2)
        #expect(fit.workers[13].informedness < -0.6)
        #expect(fit.certificate.converged && fit.certificate.identified)
        #expect(fit.certificate.gap < 1e-4)
        let majority = correct(try MajorityVote().fit(set.votes), set.truth)
        #expect(correct(fit, set.truth) > majority)
    }

    @Test func manyClassesAndUnbalancedLabels() throws {
        let prior = [0.85, 0.06, 0.05, 0.04]
        let set = try simulate(seed: 5, workers: 40, tasks: 600, prior: prior, density: 0.12) { j, k in
            coin(4, k, j % 4 == 0 ? 0.4 : 0.75)
        }
        let majority = correct(try MajorityVote().fit(set.votes), set.truth)
        for (name, model) in models.dropFirst() {
            let right = correct(try model.fit(set.votes), set.truth)
            print("unbalanced, 4 classes:", name, right, "majority", majority, "of 600")
            // A free matrix per worker cannot learn rare classes from 72 votes; the shared prior can.
            if name != "DawidSkene" { #expect(right >= majority, "\(name)") }
        }
    }

    @Test func objectivesNeverFall() throws {
        for seed in UInt64(10)..<20 {
            let set = try planted(seed, tasks: 60)
            for (name, model) in models.dropFirst() {
                let trace = try model.fit(set.votes).certificate.objective
                #expect(trace.count > 1 && isMonotone(trace), "\(name), seed \(seed)")
            }
        }
    }

    /// With two votes per task and few votes per worker, plain Dawid–Skene drives classes and cells to zero.
    @Test func sparseFitsDoNotCollapse() throws {
        let set = try simulate(seed: 7, workers: 120, tasks: 400, prior: flat(3), density: 0.018) { _, k in
            coin(3, k, 0.75)
        }
        for (name, model) in models.dropFirst() {
            let fit = try model.fit(set.votes)
            #expect(fit.classPrior.allSatisfy { $0 > 0.2 && $0 < 0.5 }, "\(name): \(fit.classPrior)")
            #expect(fit.workers.allSatisfy { $0.confusion.allSatisfy { $0 > 0 && $0 < 1 } }, "\(name)")
            let mean = fit.confidence.reduce(0, +) / Double(fit.confidence.count)
            #expect(mean < 0.97, "\(name): mean confidence \(mean)")
            #expect(
                correct(fit, set.truth) >= correct(try MajorityVote().fit(set.votes), set.truth) - 8,
                "\(name)")
        }
    }

    /// The confidence is a probability: over many sets, its mean is near the share of right labels.
    @Test func confidenceIsCalibrated() throws {
        var confidence = 0.0
        var right = 0
        var tasks = 0
        for seed in UInt64(30)..<40 {
            let prior = [0.5, 0.3, 0.2]
            let set = try simulate(seed: seed, workers: 20, tasks: 300, prior: prior, density: 0.25) { j, k in
                coin(3, k, 0.45 + 0.025 * Double(j))
            }
            let fit = try HierarchicalDawidSkene().fit(set.votes)
            confidence += fit.confidence.reduce(0, +)
            right += correct(fit, set.truth)
            tasks += 300
        }
        print("confidence", confidence / Double(tasks), "accuracy", Double(right) / Double(tasks))
        #expect(abs(confidence - Double(right)) / Double(tasks) < 0.03)
    }

    @Test func orderAndNamesDoNotMatter() throws {
        let set = try planted(21, tasks: 120)
        let v = set.votes
        var g = SplitMix(4)
        func shuffled(_ n: Int) -> [Int] {
            var p = Array(0..<n)
            for i in stride(from: n - 1, to: 0, by: -1) { p.swapAt(i, g.below(i + 1)) }
            return p
        }
        let order = shuffled(v.count)
        let tasks = shuffled(v.taskCount)
        let workers = shuffled(v.workerCount)
        let reordered = try LabelVotes(
            workerCount: v.workerCount, taskCount: v.taskCount, classCount: 2,
            worker: order.map { v.worker[$0] },
            task: order.map { v.task[$0] }, label: order.map { v.label[$0] })
        let renamed = try LabelVotes(
            workerCount: v.workerCount, taskCount: v.taskCount, classCount: 2,
            worker: v.worker.map { UInt32(workers[Int($0)]) }, task: v.task.map { UInt32(tasks[Int($0)]) },
            label: v.label)
        let swapped = try LabelVotes(
            workerCount: v.workerCount, taskCount: v.taskCount, classCount: 2, worker: v.worker, task: v.task,
            label: v.label.map { 1 - $0 })
        for (name, model) in models {
            let fit = try model.fit(v)
            #expect(try model.fit(reordered) == fit, "\(name): the order of the votes changed the result")
            let other = try model.fit(renamed)
            let mirror = try model.fit(swapped)
            for i in 0..<v.taskCount {
                #expect(abs(other.posterior[tasks[i] * 2] - fit.posterior[i * 2]) < 1e-5, "\(name)")
                #expect(abs(mirror.posterior[i * 2 + 1] - fit.posterior[i * 2]) < 1e-5, "\(name)")
            }
            for j in 0..<v.workerCount {
                #expect(abs(other.workers[workers[j]].accuracy - fit.workers[j].accuracy) < 1e-5, "\(name)")
                #expect(other.workers[workers[j]].kind == fit.workers[j].kind, "\(name)")
            }
        }
    }

    @Test func weightTwoIsTheVoteGivenTwice() throws {
        let set = try planted(22, tasks: 80)
        let v = set.votes
        let extra = (0..<v.count).filter { $0 % 3 == 0 }
        let twice = try LabelVotes(
            workerCount: v.workerCount, taskCount: v.taskCount, classCount: 2,
            worker: v.worker + extra.map { v.worker[$0] }, task: v.task + extra.map { v.task[$0] },
            label: v.label + extra.map { v.label[$0] })
        let weighted = try LabelVotes(
            workerCount: v.workerCount, taskCount: v.taskCount, classCount: 2, worker: v.worker, task: v.task,
            label: v.label, weights: (0..<v.count).map { $0 % 3 == 0 ? 2 : 1 })
        for (name, model) in models {
            #expect(try model.fit(twice) == model.fit(weighted), "\(name)")
            #expect(try model.fit(twice) != model.fit(v), "\(name): the weights had no effect")
        }
    }

    @Test func smallAndOddInputsAreHandled() throws {
        let none = try LabelVotes(worker: [], task: [], label: [])
        let silent = try LabelVotes(
            workerCount: 2, taskCount: 3, classCount: 2, worker: [], task: [], label: [])
        let oneWorker = try LabelVotes(worker: [0, 0, 0], task: [0, 1, 2], label: [0, 1, 1])
        let oneTask = try LabelVotes(worker: [0, 1, 2], task: [0, 0, 0], label: [1, 1, 0])
        let oneClass = try LabelVotes(worker: [0, 1, 1], task: [0, 0, 1], label: [0, 0, 0])
        let against = try LabelVotes(worker: [0, 0, 1], task: [0, 0, 0], label: [0, 1, 1])
        let tie = try LabelVotes(classCount: 3, worker: [0, 1], task: [0, 0], label: [2, 1])
        let islands = try LabelVotes(
            worker: [0, 1, 2, 3, 4, 5], task: [0, 0, 0, 1, 1, 1], label: [0, 0, 1, 1, 1, 1])
        for (name, model) in models {
            #expect(try model.fit(none).labels.isEmpty, "\(name)")
            let empty = try model.fit(silent)
            #expect(empty.labels == [0, 0, 0] && empty.confidence == [0.5, 0.5, 0.5], "\(name)")
            #expect(
                !empty.certificate.identified && empty.workers.allSatisfy { $0.kind == .unknown }, "\(name)")
            let alone = try model.fit(oneWorker)
            #expect(alone.labels == [0, 1, 1] && !alone.certificate.identified, "\(name)")
            #expect(try model.fit(oneTask).labels == [1], "\(name)")
            let single = try model.fit(oneClass)
            #expect(
                single.labels == [0, 0] && single.noise == 0 && !single.certificate.identified, "\(name)")
            #expect(try model.fit(against).labels == [1], "\(name)")
            #expect(try model.fit(tie).labels == [1], "\(name): ties go to the lowest of the tied labels")
            #expect(
                try model.fit(islands).certificate.reasons.contains { $0.contains("2 groups") }, "\(name)")
        }
    }

    @Test func randomSmallInputsGiveProperDistributions() throws {
        var g = SplitMix(99)
        for _ in 0..<300 {
            let J = 1 + g.below(5)
            let I = 1 + g.below(6)
            let K = 1 + g.below(4)
            let n = g.below(15)
            let votes = try LabelVotes(
                workerCount: J, taskCount: I, classCount: K, worker: (0..<n).map { _ in UInt32(g.below(J)) },
                task: (0..<n).map { _ in UInt32(g.below(I)) }, label: (0..<n).map { _ in UInt32(g.below(K)) },
                weights: (0..<n).map { _ in [0, 1e-9, 1, 2.5, 1e6][g.below(5)] })
            for (name, model) in models {
                let fit = try model.fit(votes)
                for i in 0..<I {
                    let row = fit.posterior[(i * K)..<(i * K + K)]
                    #expect(abs(row.reduce(0, +) - 1) < 1e-9 && row.allSatisfy { $0 >= 0 }, "\(name)")
                }
                #expect(isMonotone(fit.certificate.objective), "\(name)")
                for worker in fit.workers {
                    for k in 0..<K {
                        #expect(
                            abs(worker.confusion[(k * K)..<(k * K + K)].reduce(0, +) - 1) < 1e-9, "\(name)")
                    }
                    let interval = worker.accuracyInterval
                    #expect(interval.lowerBound >= 0 && interval.upperBound <= 1, "\(name)")
                    #expect(interval.contains(worker.accuracy) || worker.votes > 1e4, "\(name) \(worker)")
                }
                #expect(fit.noise >= 0 && fit.noise <= 1, "\(name)")
            }
        }
    }

    @Test func wrongInputsAreRefusedWithWords() throws {
        #expect(throws: LabelError.lengthMismatch(column: "task", count: 1, expected: 2)) {
            try LabelVotes(worker: [0, 1], task: [0], label: [0, 0])
        }
        #expect(throws: LabelError.indexOutOfRange(column: "label", position: 1, value: 2, limit: 2)) {
            try LabelVotes(classCount: 2, worker: [0, 1], task: [0, 0], label: [0, 2])
        }
        #expect(throws: LabelError.badWeight(position: 0, value: -1)) {
            try LabelVotes(worker: [0], task: [0], label: [0], weights: [-1])
        }
        let needed = "at least 1 where there are tasks"
        #expect(throws: LabelError.badCount(name: "classCount", value: 0, needed: needed)) {
            try LabelVotes(taskCount: 2, worker: [], task: [], label: [])
        }
        var model = DawidSkene()
        model.smoothing = 0
        let votes = try LabelVotes(worker: [0], task: [0], label: [0])
        #expect(throws: LabelError.self) { try model.fit(votes) }
        #expect(throws: LabelError.tooLarge(workers: 1, classes: 100_000)) {
            try HierarchicalDawidSkene().fit(
                LabelVotes(classCount: 100_000, worker: [0], task: [0], label: [0]))
        }
        let words = LabelError.indexOutOfRange(column: "label", position: 1, value: 2, limit: 2).description
        #expect(words.contains("Vote 1") && words.contains("0..<2"))
    }

    @Test func specialFunctions() {
        #expect(abs(LabelMath.digamma(1) + 0.5772156649015329) < 1e-10)
        #expect(abs(LabelMath.digamma(0.5) + 1.9635100260214235) < 1e-9)
        // Beta(1, 1) is uniform; Beta(½, ½) has the arcsine distribution; I_0.3(2, 5) = 0.579825.
        #expect(abs(LabelMath.betaQuantile(0.025, 1, 1) - 0.025) < 1e-9)
        let s = sin(0.025 * Double.pi / 2)
        #expect(abs(LabelMath.betaQuantile(0.025, 0.5, 0.5) - s * s) < 1e-8)
        let logBeta = LabelMath.logGamma(2) + LabelMath.logGamma(5) - LabelMath.logGamma(7)
        #expect(abs(LabelMath.betaCDF(0.3, 2, 5, logBeta) - 0.579825) < 1e-9)
    }

    @Test func aMillionVotes() throws {
        var g = SplitMix(123)
        #if DEBUG
            let n = 50_000
        #else
            let n = 1_000_000
        #endif
        let tasks = n / 5
        let workers = n / 200
        var truth: [Int] = []
        for _ in 0..<tasks { truth.append(g.below(4)) }
        var w = [UInt32](repeating: 0, count: n)
        var t = w
        var l = w
        for v in 0..<n {
            w[v] = UInt32(g.below(workers))
            t[v] = UInt32(v % tasks)
            let k = truth[v % tasks]
            l[v] = UInt32(g.uniform() < 0.5 + 0.4 * Double(w[v]) / Double(workers) ? k : g.below(4))
        }
        let votes = try LabelVotes(
            workerCount: workers, taskCount: tasks, classCount: 4, worker: w, task: t, label: l)
        for (name, model) in models {
            let started = Date()
            let fit = try model.fit(votes)
            let seconds = Date().timeIntervalSince(started)
            print(
                n, "votes:", name, String(format: "%.2f s", seconds), fit.certificate.iterations,
                "iterations,",
                "accuracy", Double(correct(fit, truth)) / Double(tasks), "confidence",
                fit.confidence.reduce(0, +) / Double(tasks))
            #expect(fit.certificate.converged, "\(name): gap \(fit.certificate.gap)")
            #expect(seconds < 30, "\(name)")
        }
    }
}

@Suite struct NumericConsensusTests {
    @Test func plantedJudgesAreRecovered() throws {
        var g = SplitMix(8)
        let bias = [8.0, -8, 0, 0, 0, 0, 0, 0]
        let noise = [5.0, 5, 5, 5, 5, 5, 30, 30]
        var judge: [UInt32] = []
        var task: [UInt32] = []
        var value: [Double] = []
        var truth: [Double] = []
        for i in 0..<300 {
            truth.append(50 + 20 * g.normal())
            for j in 0..<8 where g.uniform() < 0.6 {
                judge.append(UInt32(j))
                task.append(UInt32(i))
                value.append(truth[i] + bias[j] + noise[j] * g.normal())
            }
        }
        let votes = try NumericVotes(judgeCount: 8, taskCount: 300, judge: judge, task: task, value: value)
        let fit = try NumericConsensus().fit(votes)
        var sum = [Double](repeating: 0, count: 300)
        var count = sum
        for v in value.indices {
            sum[Int(task[v])] += value[v]
            count[Int(task[v])] += 1
        }
        let seen = (0..<300).filter { count[$0] > 0 }
        let ours = rmse(seen.map { fit.value[$0] }, seen.map { truth[$0] })
        let mean = rmse(seen.map { sum[$0] / count[$0] }, seen.map { truth[$0] })
        print("planted judges: RMSE ours", ours, "mean", mean)
        #expect(ours < 0.6 * mean)
        #expect(fit.judges[0].bias > 4 && fit.judges[1].bias < -4 && abs(fit.judges[2].bias) < 2)
        #expect(fit.judges[6].deviation > 20 && fit.judges[2].deviation < 12)
        #expect(fit.certificate.converged && fit.certificate.iterations > 6)
        // Values in another unit give the same answer in that unit.
        let scaled = try NumericConsensus().fit(
            NumericVotes(
                judgeCount: 8, taskCount: 300, judge: judge, task: task, value: value.map { 1e9 * $0 - 7e9 }))
        for i in 0..<300 { #expect(abs(scaled.value[i] - (1e9 * fit.value[i] - 7e9)) < 1e4) }
    }

    @Test func orderDoesNotMatterAndWeightTwoIsTwice() throws {
        let judge: [UInt32] = [0, 1, 2, 0, 1, 2, 0, 1]
        let task: [UInt32] = [0, 0, 0, 1, 1, 1, 2, 2]
        let value: [Double] = [1, 2, 4, 8, 9, 7, 3, 5]
        let fit = try NumericConsensus().fit(NumericVotes(judge: judge, task: task, value: value))
        let back = try NumericConsensus().fit(
            NumericVotes(judge: judge.reversed(), task: task.reversed(), value: value.reversed()))
        #expect(back == fit)
        let twice = try NumericConsensus().fit(
            NumericVotes(judge: judge + [2], task: task + [1], value: value + [7]))
        let weighted = try NumericConsensus().fit(
            NumericVotes(judge: judge, task: task, value: value, weights: [1, 1, 1, 1, 1, 2, 1, 1]))
        for i in 0..<3 {
            #expect(abs(twice.value[i] - weighted.value[i]) < 1e-6)
            #expect(abs(twice.value[i] - fit.value[i]) > 1e-6 || i != 1)
        }
    }

    @Test func smallInputs() throws {
        #expect(try NumericConsensus().fit(NumericVotes(judge: [], task: [], value: [])).value.isEmpty)
        let silent = try NumericConsensus().fit(
            NumericVotes(judgeCount: 1, taskCount: 2, judge: [], task: [], value: []))
        #expect(silent.value == [0, 0] && !silent.certificate.identified)
        let equal = try NumericConsensus().fit(NumericVotes(judge: [0, 1], task: [0, 1], value: [3, 3]))
        #expect(equal.value == [3, 3])
        let one = try NumericConsensus().fit(NumericVotes(judge: [0, 1], task: [0, 0], value: [3, 5]))
        #expect(abs(one.value[0] - 4) < 1e-6)
        let single = try NumericConsensus().fit(
            NumericVotes(judge: [0, 0, 0], task: [0, 1, 2], value: [1, 5, 9]))
        #expect(single.value[0] < single.value[1] && single.value[1] < single.value[2])
        #expect(!single.certificate.identified)
        let huge = try NumericConsensus().fit(
            NumericVotes(
                judge: [0, 1, 0, 1], task: [0, 0, 1, 1], value: [1e307, -1e307, 1.7e308, -1.7e308]))
        #expect(huge.value.allSatisfy { $0.isFinite })
        #expect(throws: LabelError.self) { try NumericVotes(judge: [0], task: [0], value: [.nan]) }
    }
}
