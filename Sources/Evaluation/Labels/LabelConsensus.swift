/// What a worker's votes look like.
public enum WorkerKind: String, Sendable, CaseIterable {
    /// Clearly tells the classes apart: informedness 0.5 or more, surely above 0.
    case sharp
    /// Better than chance, but weakly: informedness above 0 and below 0.5.
    case lazy
    /// Gives the same label whatever the truth.
    case constant
    /// Votes carry no information about the truth.
    case random
    /// Votes against the truth: useful once turned round.
    case reversed
    /// Too few votes to say.
    case unknown
}

/// What was learned about one worker.
public struct WorkerReliability: Sendable, Equatable {
    /// P(vote = l | truth = k), flat row-major `classCount × classCount`; rows (k) sum to 1.
    public let confusion: [Double]
    /// Total weight of the worker's votes.
    public let votes: Double
    /// Share of the worker's votes that agree with the truth: the mean of Beta(½ + right, ½ + wrong), where
    /// right and wrong are expected counts under the estimated truth.
    public let accuracy: Double
    /// A 95% interval: of the Beta distribution with that mean whose variance adds, to the one above, the
    /// uncertainty of the truth of the worker's tasks. Where the consensus itself errs (workers who err
    /// together) it is too narrow.
    public let accuracyInterval: ClosedRange<Double>
    /// (Σ_k π_kk − 1) / (K − 1): 1 for a perfect worker, 0 for a random or constant one, negative for a
    /// reversed one; 0 where there is one class.
    public let informedness: Double
    /// The kind of worker.
    public let kind: WorkerKind
    /// Why that kind, in words.
    public let reason: String
}

/// How far a fit can be trusted.
public struct LabelCertificate: Sendable, Equatable {
    /// Whether the gap fell below the method's tolerance before its iterations ran out.
    public let converged: Bool
    /// Iterations run.
    public let iterations: Int
    /// Largest change of a posterior probability in the last iteration.
    public let gap: Double
    /// The objective after each iteration; never falls. Empty for methods without one; for
    /// `HierarchicalDawidSkene` it covers the iterations after the shared prior was settled.
    public let objective: [Double]
    /// Whether the votes determine the answer (see `reasons`).
    public let identified: Bool
    /// Why the answer is not determined by the votes; empty where it is.
    public let reasons: [String]
}

/// The result of a label model.
public struct LabelConsensus: Sendable, Equatable {
    /// Number of classes: the width of `posterior`.
    public let classCount: Int
    /// P(truth of task i = k | votes), flat row-major `taskCount × classCount`. A task without votes gets the
    /// class prior.
    public let posterior: [Double]
    /// The most probable label of each task; ties (within 1e-9) go to the lowest label.
    public let labels: [Int]
    /// The posterior probability of each task's label.
    public let confidence: [Double]
    /// One entry per worker.
    public let workers: [WorkerReliability]
    /// Estimated share of each class among the tasks.
    public let classPrior: [Double]
    /// Estimated share of votes that differ from the truth; 0 where there are no votes.
    public let noise: Double
    /// How far the fit can be trusted.
    public let certificate: LabelCertificate
}

/// A fit before it is told as a `LabelConsensus`.
struct RawFit {
    var posterior: [Double]
    /// π[j][k][l], flat.
    var confusion: [Double]
    /// Prior pseudo-votes behind each class row of a confusion matrix, flat `classes`.
    var rowStrength: [Double]
    var classPrior: [Double]
    var converged = true
    var iterations = 0
    var gap = 0.0
    var objective: [Double] = []
    var extraReasons: [String] = []
}

extension LabelConsensus {
    init(_ table: VoteTable, _ fit: RawFit) {
        let K = table.classes
        classCount = K
        posterior = fit.posterior
        classPrior = fit.classPrior
        var labels = [Int](repeating: 0, count: table.tasks)
        var confidence = [Double](repeating: 0, count: table.tasks)
        for i in 0..<table.tasks {
            var top = 0.0
            for k in 0..<K { top = max(top, fit.posterior[i * K + k]) }
            var k = 0
            while k < K - 1 && fit.posterior[i * K + k] < top - 1e-9 { k += 1 }
            labels[i] = k
            confidence[i] = fit.posterior[i * K + k]
        }
        self.labels = labels
        self.confidence = confidence

        let counts = table.counts(fit.posterior)
        var doubt = [Double](repeating: 0, count: table.workers)
        for i in 0..<table.tasks {
            for v in table.start[i]..<table.start[i + 1] {
                let p = fit.posterior[i * K + Int(table.label[v])]
                doubt[Int(table.worker[v])] += table.weight[v] * table.weight[v] * p * (1 - p)
            }
        }
        var right = 0.0
        for j in 0..<table.workers {
            for k in 0..<K { right += counts[(j * K + k) * K + k] }
        }
        noise = table.total > 0 ? min(1, max(0, 1 - right / table.total)) : 0
        workers = (0..<table.workers).map { j in
            WorkerReliability(worker: j, table: table, counts: counts, doubt: doubt[j], fit: fit)
        }
        let reasons = Self.notIdentified(table, counts) + fit.extraReasons
        certificate = LabelCertificate(
            converged: fit.converged, iterations: fit.iterations, gap: fit.gap, objective: fit.objective,
            identified: reasons.isEmpty, reasons: reasons)
    }

    private static func notIdentified(_ table: VoteTable, _ counts: [Double]) -> [String] {
        let K = table.classes
        if table.total == 0 { return ["There are no votes: the answer is the prior alone."] }
        var out: [String] = []
        let seen = table.classWeight.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }
        if seen < 2 {
            out.append("Only one class was ever voted for: mistakes between classes cannot be seen.")
        }
        if table.votedWorkers < 3 {
            out.append(
                "Fewer than three workers voted: who is right when they differ cannot be told from votes.")
        }
        let shared = table.sharedTasks()
        if shared == 0 {
            out.append(
                "No task has votes of two workers: agreement cannot be seen; collect overlapping votes.")
        } else {
            let groups = table.components()
            if groups > 1 {
                out.append(
                    "The workers fall into \(groups) groups without a common task: their reliability is "
                        + "comparable only within a group.")
            }
        }
        if K > 1 && seen > 1 {
            // Over all workers, a class must draw its own label more than any other class does.
            var pooled = [Double](repeating: 0, count: K * K)
            for j in 0..<table.workers {
                for l in 0..<K {
                    for k in 0..<K { pooled[k * K + l] += counts[(j * K + l) * K + k] }
                }
            }
            for k in 0..<K {
                let row = pooled[(k * K)..<(k * K + K)].reduce(0, +)
                if row < 1 { continue }
                let own = pooled[k * K + k] / row
                for other in 0..<K where other != k {
                    let otherRow = pooled[(other * K)..<(other * K + K)].reduce(0, +)
                    if otherRow >= 1 && pooled[other * K + k] / otherRow >= own {
                        out.append(
                            "Label \(k) is given to tasks of class \(other) at least as often as to those of "
                                + "class \(k): the names of the two classes may be swapped.")
                        break
                    }
                }
            }
        }
        return out
    }
}

extension WorkerReliability {
    init(worker j: Int, table: VoteTable, counts: [Double], doubt: Double, fit: RawFit) {
        let K = table.classes
        let m = table.workerWeight[j]
        func n(_ k: Int, _ l: Int) -> Double { counts[(j * K + l) * K + k] }
        confusion = Array(fit.confusion[(j * K * K)..<((j + 1) * K * K)])
        votes = m
        var right = 0.0
        for k in 0..<K { right += n(k, k) }
        right = min(max(right, 0), m)
        accuracy = (right + 0.5) / (m + 1)
        // The Beta's variance a(1 − a)/(m + 2), widened by the doubt about the truth (at most to a flat
        // Beta's size).
        let own = accuracy * (1 - accuracy) / (m + 2)
        let size = max(accuracy * (1 - accuracy) / (own + doubt / ((m + 1) * (m + 1))) - 1, min(1, m + 1))
        let low = LabelMath.betaQuantile(0.025, size * accuracy, size * (1 - accuracy))
        let high = LabelMath.betaQuantile(0.975, size * accuracy, size * (1 - accuracy))
        accuracyInterval = min(low, high)...max(low, high)

        var diagonal = 0.0
        var variance = 0.0
        var byLabel = [Double](repeating: 0, count: K)
        for k in 0..<K {
            let p = confusion[k * K + k]
            diagonal += p
            var row = 0.0
            for l in 0..<K {
                row += n(k, l)
                byLabel[l] += n(k, l)
            }
            variance += p * (1 - p) / (row + fit.rowStrength[k] + 1)
        }
        informedness = K > 1 ? (diagonal - 1) / Double(K - 1) : 0
        let spread = K > 1 ? 1.96 * variance.squareRoot() / Double(K - 1) : 0

        if m == 0 {
            kind = .unknown
            reason = "No votes."
            return
        }
        if K < 2 {
            kind = .unknown
            reason = "There is only one class, so every worker looks alike."
            return
        }
        var top = 0
        for l in 1..<K where byLabel[l] > byLabel[top] { top = l }
        let elsewhere = m - (0..<K).reduce(0.0) { $0 + n(top, $1) }
        let wrongly = byLabel[top] - n(top, top)
        let shown =
            "informedness \(Self.round(informedness)) ± \(Self.round(spread)) on \(Self.round(m)) votes"
        if byLabel[top] >= 0.9 * m && elsewhere >= 3 && wrongly >= 0.85 * elsewhere {
            kind = .constant
            reason =
                "Gave label \(top) in \(Self.round(100 * byLabel[top] / m))% of votes, also in "
                + "\(Self.round(wrongly)) of about \(Self.round(elsewhere)) where the truth was another."
        } else if informedness + spread < 0 {
            kind = .reversed
            reason = "Votes against the truth: \(shown)."
        } else if informedness - spread > 0 {
            kind = informedness >= 0.5 ? .sharp : .lazy
            reason =
                (kind == .sharp ? "Tells the classes apart: " : "Better than chance, but weak: ") + shown
                + "."
        } else if informedness + spread < 0.4 {
            kind = .random
            reason = "No sign of information: \(shown)."
        } else {
            kind = .unknown
            reason = "Too few votes to tell: \(shown)."
        }
    }

    private static func round(_ x: Double) -> String {
        let r = (x * 100).rounded() / 100
        return r == r.rounded() ? String(Int(r)) : String(r)
    }
}
