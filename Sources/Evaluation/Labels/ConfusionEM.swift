import Foundation

/// The shared inner loop of the confusion-matrix models: one pass over the votes gives the posteriors, the
/// expected counts and the log-likelihood. Nothing is allocated per pass or per vote.
struct ConfusionEM {
    let table: VoteTable
    /// P(truth of task i = k), flat tasks × classes.
    var posterior: [Double]
    /// Expected counts n[j][l][k], flat workers × classes × classes, true class last.
    var counts: [Double]
    /// Σ_i posterior over tasks with votes.
    var mass: [Double]
    /// log π[j][l][k], laid out as `counts`.
    var logConfusion: [Double]
    var logPrior: [Double]
    private var row: [Double]

    /// Starts at the vote shares.
    init(_ table: VoteTable) {
        self.table = table
        let K = table.classes
        posterior = table.shares()
        counts = table.counts(posterior)
        mass = [Double](repeating: 0, count: K)
        for i in 0..<table.tasks where table.start[i + 1] > table.start[i] {
            for k in 0..<K { mass[k] += posterior[i * K + k] }
        }
        logConfusion = [Double](repeating: 0, count: counts.count)
        logPrior = [Double](repeating: 0, count: K)
        row = logPrior
    }

    /// Sets log ρ = log((mass + pseudo) / Σ); returns Σ_k pseudo_k log ρ_k.
    mutating func setPrior(_ pseudo: [Double]) -> Double {
        var sum = 0.0
        for k in 0..<table.classes { sum += mass[k] + pseudo[k] }
        var penalty = 0.0
        for k in 0..<table.classes {
            logPrior[k] = log((mass[k] + pseudo[k]) / sum)
            penalty += pseudo[k] * logPrior[k]
        }
        return penalty
    }

    /// E step with the present parameters; refreshes posterior, counts and mass. Returns the largest change
    /// of a posterior and the log-likelihood Σ_i log Σ_k ρ_k Π_v π^w.
    mutating func expectation() -> (change: Double, logLikelihood: Double) {
        counts.withUnsafeMutableBufferPointer { counts in
            posterior.withUnsafeMutableBufferPointer { posterior in
                mass.withUnsafeMutableBufferPointer { mass in
                    row.withUnsafeMutableBufferPointer { row in
                        logConfusion.withUnsafeBufferPointer { logConfusion in
                            logPrior.withUnsafeBufferPointer { logPrior in
                                Self.pass(table, counts, posterior, mass, row, logConfusion, logPrior)
                            }
                        }
                    }
                }
            }
        }
    }

    private static func pass(
        _ table: VoteTable, _ counts: UnsafeMutableBufferPointer<Double>,
        _ posterior: UnsafeMutableBufferPointer<Double>, _ mass: UnsafeMutableBufferPointer<Double>,
        _ row: UnsafeMutableBufferPointer<Double>, _ logConfusion: UnsafeBufferPointer<Double>,
        _ logPrior: UnsafeBufferPointer<Double>
    ) -> (change: Double, logLikelihood: Double) {
        let K = table.classes
        var change = 0.0
        var total = 0.0
        counts.update(repeating: 0)
        mass.update(repeating: 0)
        guard let r = row.baseAddress, let beliefs = posterior.baseAddress else { return (0, 0) }
        for i in 0..<table.tasks {
            let votes = table.start[i]..<table.start[i + 1]
            for k in 0..<K { r[k] = logPrior[k] }
            for v in votes {
                let at = (Int(table.worker[v]) * K + Int(table.label[v])) * K
                let w = table.weight[v]
                for k in 0..<K { r[k] += w * logConfusion[at + k] }
            }
            let likelihood = LabelMath.softmax(r, K)
            let p = beliefs + i * K
            if votes.isEmpty {
                for k in 0..<K { p[k] = r[k] }
                continue
            }
            total += likelihood
            for k in 0..<K {
                change = max(change, abs(r[k] - p[k]))
                p[k] = r[k]
                mass[k] += r[k]
            }
            for v in votes {
                let at = (Int(table.worker[v]) * K + Int(table.label[v])) * K
                let w = table.weight[v]
                for k in 0..<K { counts[at + k] += w * r[k] }
            }
        }
        return (change, total)
    }

    /// π[j][k][l] from the logs, flat.
    func confusion() -> [Double] {
        let K = table.classes
        var out = [Double](repeating: 0, count: counts.count)
        for j in 0..<table.workers {
            for l in 0..<K {
                for k in 0..<K { out[(j * K + k) * K + l] = exp(logConfusion[(j * K + l) * K + k]) }
            }
        }
        return out
    }
}

extension RawFit {
    /// The answer where there is nothing to learn: no votes, no tasks or a single class.
    static func trivial(_ table: VoteTable) -> RawFit {
        let K = table.classes
        let even = K > 0 ? 1 / Double(K) : 0
        return RawFit(
            posterior: [Double](repeating: even, count: table.tasks * K),
            confusion: [Double](repeating: even, count: table.workers * K * K),
            rowStrength: [Double](repeating: 1, count: K),
            classPrior: [Double](repeating: even, count: K))
    }
}

extension VoteTable {
    /// Whether there is nothing to learn.
    var isTrivial: Bool { total == 0 || classes < 2 }
}

/// Throws `LabelError.badSetting` unless the value is finite and in range.
func checkSetting(_ method: String, _ name: String, _ value: Double, above low: Double, orEqual: Bool = false)
    throws
{
    guard value.isFinite, orEqual ? value >= low : value > low else {
        throw LabelError.badSetting(
            method: method, name: name, value: value,
            needed: "finite and \(orEqual ? "at least" : "above") \(low)")
    }
}
