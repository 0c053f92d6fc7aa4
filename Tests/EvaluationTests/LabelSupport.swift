import Foundation
import Testing

@testable import Evaluation

/// SplitMix64: a seeded generator, so that every simulation is the same on every machine.
struct SplitMix {
    var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func below(_ n: Int) -> Int { Int(next() % UInt64(n)) }

    mutating func normal() -> Double {
        (-2 * log(1 - uniform())).squareRoot() * cos(2 * Double.pi * uniform())
    }

    mutating func draw(_ p: [Double]) -> Int {
        var u = uniform()
        for (k, x) in p.enumerated() {
            u -= x
            if u < 0 { return k }
        }
        return p.count - 1
    }
}

struct Simulated {
    var votes: LabelVotes
    var truth: [Int]
}

/// Every worker votes on every task with probability `density`; `rows(j, k)` is the confusion row.
func simulate(
    seed: UInt64, workers: Int, tasks: Int, prior: [Double], density: Double, rows: (Int, Int) -> [Double]
) throws -> Simulated {
    var g = SplitMix(seed)
    var w: [UInt32] = []
    var t: [UInt32] = []
    var l: [UInt32] = []
    var truth: [Int] = []
    for i in 0..<tasks {
        let k = g.draw(prior)
        truth.append(k)
        for j in 0..<workers where g.uniform() < density {
            w.append(UInt32(j))
            t.append(UInt32(i))
            l.append(UInt32(g.draw(rows(j, k))))
        }
    }
    let votes = try LabelVotes(
        workerCount: workers, taskCount: tasks, classCount: prior.count, worker: w, task: t, label: l)
    return Simulated(votes: votes, truth: truth)
}

func flat(_ classes: Int) -> [Double] { [Double](repeating: 1 / Double(classes), count: classes) }

func coin(_ classes: Int, _ k: Int, _ p: Double) -> [Double] {
    (0..<classes).map { $0 == k ? p : (1 - p) / Double(classes - 1) }
}

func correct(_ consensus: LabelConsensus, _ truth: [Int]) -> Int {
    zip(consensus.labels, truth).filter { $0 == $1 }.count
}

/// The folder of the public data, or nil (with a printed message) where there is none.
func dataFolder() -> URL? {
    let environment = ProcessInfo.processInfo.environment["HEED_DATA"]
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let url = environment.map { URL(fileURLWithPath: $0) } ?? root.appendingPathComponent("../shared/data")
    if FileManager.default.fileExists(atPath: url.appendingPathComponent("crowd_snow2008/rte.csv").path) {
        return url
    }
    print("skipped: no crowd data at \(url.path); set HEED_DATA to the folder that holds crowd_snow2008")
    return nil
}

/// Rows of a file with the columns item, worker, label, gold, none of which holds a comma.
func crowdRows(_ folder: URL, _ path: String) throws -> [[String]] {
    let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
    return text.split(whereSeparator: \.isNewline).dropFirst().map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
}

func index(_ names: [String]) -> (ids: [UInt32], count: Int) {
    var seen: [String: UInt32] = [:]
    let ids = names.map { name in
        if let id = seen[name] { return id }
        let id = UInt32(seen.count)
        seen[name] = id
        return id
    }
    return (ids, seen.count)
}

/// A real set; truth is −1 where there is no gold.
func realSet(_ folder: URL, _ path: String) throws -> Simulated {
    let rows = try crowdRows(folder, path)
    let (task, tasks) = index(rows.map { $0[0] })
    let (worker, workers) = index(rows.map { $0[1] })
    let classes = Set(rows.map { Int($0[2])! } + rows.compactMap { Int($0[3]) }).sorted()
    let number = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    var truth = [Int](repeating: -1, count: tasks)
    for (v, row) in rows.enumerated() {
        if let gold = Int(row[3]) { truth[Int(task[v])] = number[gold]! }
    }
    let votes = try LabelVotes(
        workerCount: workers, taskCount: tasks, classCount: classes.count, worker: worker, task: task,
        label: rows.map { UInt32(number[Int($0[2])!]!) })
    return Simulated(votes: votes, truth: truth)
}

func isMonotone(_ trace: [Double]) -> Bool {
    zip(trace, trace.dropFirst()).allSatisfy { $1 >= $0 - 1e-9 * max(1, abs($0)) }
}
