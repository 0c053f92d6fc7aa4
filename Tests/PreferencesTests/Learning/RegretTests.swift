import Foundation
import Kernels
import Testing

@testable import Preferences

@Suite("Rewards from segments of behaviour")
struct RegretTests {
    /// A corridor of six cells, an end at the right; moves left and right, features: entering a plain cell,
    /// entering the end.
    private static func corridor(gamma: Double = 1, slip: Double = 0) throws -> TabularProcess {
        var transitions: [[[(state: Int, probability: Double)]]] = []
        var features: [[[Double]]] = []
        for cell in 0..<6 {
            if cell == 5 {
                transitions.append([])
                features.append([])
                continue
            }
            let (left, right) = (max(0, cell - 1), cell + 1)
            transitions.append([
                [(left, 1)], slip > 0 ? [(right, 1 - slip), (cell, slip)] : [(right, 1)],
            ])
            let arrives = right == 5 ? 1 - slip : 0
            features.append([[1, 0], [1 - arrives, arrives]])
        }
        return try TabularProcess(
            states: 6, actions: 2, gamma: gamma, transitions: transitions, features: features)
    }

    private static let right = TrajectorySegment(states: [1, 2, 3], actions: [1, 1])
    private static let left = TrajectorySegment(states: [2, 1, 0], actions: [0, 0])

    private static func data(_ process: TabularProcess, _ count: Int, weights: [Double], seed: UInt64) throws
        -> SegmentSet
    {
        var random = CounterRandom(seed: seed)
        var plain = SegmentSet(process: process)
        for _ in 0..<count {
            try plain.add(
                process.randomSegment(from: random.below(5), length: 3, using: &random),
                process.randomSegment(from: random.below(5), length: 3, using: &random), label: 1)
        }
        let judge = SegmentRewardModel(process: process, kind: .regret, weights: weights)
        var result = SegmentSet(process: process)
        for (place, p) in try judge.probabilities(plain).enumerated() {
            try result.add(plain.first[place], plain.second[place], label: random.bernoulli(p) ? 1 : 0)
        }
        return result
    }

    @Test("Acting best has no regret, whatever it collects")
    func optimal() throws {
        let process = try Self.corridor()
        let weights = [-1.0, 4]
        let values = try ProcessValues.optimal(process, weights: weights)
        #expect(values.values == [0, 1, 2, 3, 4, 0])
        let end = TrajectorySegment(states: [4, 5, 5], actions: [1, 0])
        #expect(values.regret(Self.right, in: process) == 0 && values.regret(end, in: process) == 0)
        #expect(process.partialReturn(Self.right, weights: weights) == -2)
        #expect(process.partialReturn(end, weights: weights) == 4)
        var data = SegmentSet(process: process)
        try data.add(Self.right, end, label: 1)
        let judge = SegmentRewardModel(process: process, kind: .regret, weights: weights)
        #expect(try judge.probabilities(data) == [0.5])
    }

    @Test("Without chance and discounting regret is what the ends leave over")
    func telescoping() throws {
        let process = try Self.corridor()
        let weights = [-1.0, 4]
        let values = try ProcessValues.optimal(process, weights: weights)
        var random = CounterRandom(seed: 2)
        for _ in 0..<50 {
            let segment = process.randomSegment(from: random.below(5), length: 4, using: &random)
            let regret = values.regret(segment, in: process)
            #expect(abs(regret - values.deterministicRegret(segment, in: process, weights: weights)) < 1e-12)
            #expect(regret >= 0)
        }
    }

    @Test("Where all states are worth nothing, regret is what was not collected")
    func constantValues() throws {
        // In each of three states: stop for nothing, or move on at a cost.
        let transitions: [[[(state: Int, probability: Double)]]] =
            (0..<3).map { state in [[(3, 1)], [((state + 1) % 3, 1)]] } + [[]]
        let features: [[[Double]]] =
            (0..<3).map { state in
                [[0, 0, 0], (0..<3).map { $0 == state ? 1 : 0 }]
            } + [[]]
        let process = try TabularProcess(
            states: 4, actions: 2, gamma: 1, transitions: transitions, features: features)
        let weights = [-1.0, -2, -0.5]
        var random = CounterRandom(seed: 4)
        var data = SegmentSet(process: process)
        for _ in 0..<30 {
            try data.add(
                process.randomSegment(from: random.below(3), length: 3, using: &random),
                process.randomSegment(from: random.below(3), length: 3, using: &random), label: 1)
        }
        let regret = try SegmentRewardModel(process: process, kind: .regret, weights: weights).probabilities(
            data)
        let partial = try SegmentRewardModel(process: process, kind: .partialReturn, weights: weights)
            .probabilities(data)
        for (a, b) in zip(regret, partial) { #expect(abs(a - b) < 1e-12) }
    }

    @Test("A constant added before the end changes regret and not partial returns of equally long segments")
    func constants() throws {
        let process = try Self.corridor()
        var data = SegmentSet(process: process)
        try data.add(Self.left, Self.right, label: 0)
        func gap(_ kind: SegmentRewardModel.Kind) throws -> Double {
            let found = try [[-1.0, 4], [-0.6, 4.4]].map {
                try SegmentRewardModel(process: process, kind: kind, weights: $0).probabilities(data)[0]
            }
            return abs(found[0] - found[1])
        }
        #expect(try gap(.partialReturn) < 1e-12)
        #expect(try gap(.regret) > 0.01)
    }

    @Test("Values solve Bellman's equation, with chance too, and both ways to find them agree")
    func bellman() throws {
        for slip in [0, 0.3] {
            let weights = [-0.5, 2.0]
            let discounted = try Self.corridor(gamma: 0.95, slip: slip)
            let values = try ProcessValues.optimal(discounted, weights: weights)
            for state in 0..<5 {
                let best = (0..<2).map { values.actionValues[state * 2 + $0] }.max() ?? 0
                #expect(abs(values.values[state] - best) < 1e-10)
            }
            let nearly = try ProcessValues.optimal(
                Self.corridor(gamma: 1 - 1e-9, slip: slip), weights: weights)
            let whole = try ProcessValues.optimal(Self.corridor(slip: slip), weights: weights)
            for (a, b) in zip(nearly.values, whole.values) { #expect(abs(a - b) < 1e-6) }
            let random = try ProcessValues.uniform(discounted, weights: weights)
            #expect(zip(random.values, values.values).allSatisfy { $0 <= $1 + 1e-12 })
        }
        #expect(throws: LearningError.self, "going round collects reward for ever") {
            try ProcessValues.optimal(Self.corridor(), weights: [1, 0])
        }
        #expect(throws: LearningError.self, "this policy never ends") {
            try ProcessValues.of([0, 0, 0, 0, 0, 0], in: Self.corridor(), weights: [-1, 1])
        }
    }

    @Test("Successor features give the values of their policy, and the loss its gradient")
    func successors() throws {
        let process = try Self.corridor(gamma: 0.9, slip: 0.2)
        let weights = [-0.3, 1.0]
        let best = try ProcessValues.optimal(process, weights: weights)
        let psi = try #require(SuccessorLibrary.successors(process, best.policy))
        for state in 0..<6 {
            let value = psi[state * 2] * weights[0] + psi[state * 2 + 1] * weights[1]
            #expect(abs(value - best.values[state]) < 1e-12)
        }
        var library = SuccessorLibrary(process)
        var random = CounterRandom(seed: 1)
        library.addRandom(10, using: &random)
        #expect(Set(library.policies).count == library.policies.count)
        let terms = RegretTerms(try Self.data(process, 20, weights: weights, seed: 3), library)
        let x = [-0.4, 0.7]
        var gradient = x
        _ = terms.loss(x, library, ridge: 0.01, into: &gradient)
        for place in 0..<2 {
            var (up, down, scratch) = (x, x, x)
            up[place] += 1e-5
            down[place] -= 1e-5
            let slope =
                (terms.loss(up, library, ridge: 0.01, into: &scratch)
                    - terms.loss(down, library, ridge: 0.01, into: &scratch)) / 2e-5
            #expect(abs(slope - gradient[place]) < 1e-6)
        }
    }

    @Test("Regret finds the way to the end that partial returns miss")
    func learning() throws {
        let process = try Self.corridor(gamma: 0.99)
        let truth = [-1.0, 4]
        let data = try Self.data(process, 200, weights: truth, seed: 5)
        let model = try RegretReward(policies: 20).fit(data, seed: 1)
        #expect(try model.normalisedValue(trueWeights: truth) > 0.999)
        #expect(try Parallel.withThreads(1) { try RegretReward(policies: 20).fit(data, seed: 1) } == model)
        #expect(try SegmentRewardModel(model.state, process: process) == model)
        #expect(model.errors?.allSatisfy { $0.isFinite && $0 > 0 } == true)
        #expect(model.certificate.limits.contains { $0.contains("same regret") })
        let other = try Self.corridor(gamma: 0.98)
        #expect(throws: LearningError.self) {
            try model.probabilities(Self.data(other, 3, weights: truth, seed: 1))
        }
        let comparison = try SegmentModelComparison(data, regret: RegretReward(policies: 20), seed: 1)
        #expect(comparison.better.kind == .regret && comparison.difference.logLoss < 0)
    }

    @Test("Bad input is refused with a reason")
    func refusals() throws {
        let process = try Self.corridor()
        var data = SegmentSet(process: process)
        #expect(throws: LearningError.self) { try RegretReward().fit(data) }
        #expect(throws: LearningError.self) { try PartialReturnReward().fit(data) }
        #expect(throws: LearningError.self) { try data.add(Self.left, Self.right, label: 1.5) }
        let jump = TrajectorySegment(states: [0, 3], actions: [1])
        #expect(throws: LearningError.self) { try data.add(jump, Self.right, label: 1) }
        let strange = TrajectorySegment(states: [0, 1], actions: [2])
        #expect(throws: LearningError.self) { try data.add(strange, Self.right, label: 1) }
        #expect(throws: LearningError.self) {
            try data.add(TrajectorySegment(states: [9], actions: []), Self.right, label: 1)
        }
        try data.add(Self.left, Self.right, label: 0)
        #expect(throws: LearningError.self) { try SegmentModelComparison(data) }
        #expect(throws: LearningError.self) {
            try TabularProcess(
                states: 1, actions: 1, gamma: 1, transitions: [[[(0, 0.5)]]], features: [[[1]]])
        }
        #expect(throws: LearningError.self) { try SegmentRewardModel(ModelState(), process: process) }
    }
}
