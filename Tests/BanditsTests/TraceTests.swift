import Foundation
import Kernels
import Testing

@testable import Bandits

private let product = TraceOperation(
    "product", purpose: "multiplies", numbers: { $0[0] * $0[1] }, derivatives: { [$0[1], $0[0]] })
private let sine = TraceOperation("sine", numbers: { sin($0[0]) }, derivatives: { [cos($0[0])] })
private let sum = TraceOperation(
    "sum", numbers: { $0.reduce(0, +) }, derivatives: { $0.map { _ in 1 } })

private func parameters(_ values: [Double]) -> TraceParameters {
    TraceParameters(
        values.enumerated().map {
            .init("p\($0.offset)", .number($0.element), .range(low: -10, high: 10))
        })
}

@Suite struct TraceTests {
    /// A random computation from three parameters and an input.
    private static func record(_ values: [Double], seed: UInt64) -> Trace {
        var random = CounterRandom(seed: seed)
        var trace = Trace()
        for parameter in parameters(values).all { _ = trace.parameter(parameter) }
        _ = trace.input("x", .number(0.7))
        for _ in 0..<10 {
            let count = trace.nodes.count
            let (a, b) = (random.below(count), random.below(count))
            switch random.below(3) {
            case 0: _ = trace.apply(product, to: [a, b])
            case 1: _ = trace.apply(sine, to: [a])
            default: _ = trace.apply(sum, to: [a, b, a])
            }
        }
        return trace
    }

    @Test func vectorJacobianIsTheDerivative() {
        let values = [0.3, -0.8, 1.1]
        for seed in 0..<30 {
            let trace = Self.record(values, seed: UInt64(seed))
            let output = trace.nodes.count - 1
            let slopes = trace.derivatives(of: output)
            for k in 0..<3 {
                var up = values, down = values
                up[k] += 1e-5
                down[k] -= 1e-5
                let difference =
                    Self.record(up, seed: UInt64(seed)).nodes[output].value.number!
                    - Self.record(down, seed: UInt64(seed)).nodes[output].value.number!
                #expect(abs((slopes[k] ?? 0) - difference / 2e-5) < 1e-6 * max(1, abs(difference / 2e-5)))
            }
        }
    }

    @Test func minimalSubgraphsAreTheNodesOnTheWay() {
        for seed in 0..<200 {
            let trace = Self.record([1, 2, 3], seed: UInt64(seed))
            let count = trace.nodes.count, output = count - 1
            var reaches = [[Bool]](repeating: [Bool](repeating: false, count: count), count: count)
            for i in (0..<count) {
                reaches[i][i] = true
                for parent in trace.nodes[i].parents {
                    for j in 0..<count where reaches[j][parent] { reaches[j][i] = true }
                }
            }
            for node in 0..<count {
                let way =
                    reaches[node][output]
                    ? (0..<count).filter { reaches[node][$0] && reaches[$0][output] } : []
                #expect(trace.minimalSubgraph(from: node, to: output) == way)
            }
            #expect(trace.responsible(for: output) == (0..<3).filter { reaches[$0][output] })
        }
    }

    @Test func failuresBecomeNodes() {
        let fragile = TraceOperation("root") { values in
            guard let x = values[0].number, x >= 0 else { throw BanditError.data("a negative number") }
            return .number(x.squareRoot())
        }
        var trace = Trace()
        let a = trace.parameter(parameters([-4]).all[0])
        let root = trace.apply(fragile, to: [a])
        let end = trace.apply(product, to: [root, a])
        #expect(trace.nodes[end].value == .failure("a negative number") && trace.nodes[end].level == 2)
        let report = TraceReport(trace: trace, output: end)
        #expect(report.tags == [root: .error("a negative number")])
        #expect(report.earliest == root && report.suspects == [a])
        let text = trace.apply(product, to: [trace.input("word", .text("hi")), a])
        #expect(trace.nodes[text].value == .failure("product needs numbers"))
        #expect(trace.derivatives(of: end)[a] == nil)
    }

    @Test func suspectsAreThoseOfNoSoundStage() {
        var trace = Trace()
        let nodes = parameters([1, 2, 3]).all.map { trace.parameter($0) }
        let first = trace.apply(sine, to: [nodes[0]])
        let second = trace.apply(product, to: [first, nodes[1]])
        let third = trace.apply(product, to: [second, nodes[2]])
        #expect(TraceReport(trace: trace, output: third, tags: [third: .increase]).suspects == [nodes[2]])
        #expect(
            TraceReport(trace: trace, output: third, tags: [third: .increase, second: .decrease]).suspects
                == [nodes[1]])
        #expect(TraceReport(trace: trace, output: third).suspects == [])
    }

    @Test func forbiddenProposalsChangeNothing() throws {
        var all = TraceParameters([
            .init("x", .number(0.5), .range(low: 0, high: 1)),
            .init("mode", .text("a"), .choices(["a", "b"])),
            .init("prompt", .text("Say hello."), .text),
        ])
        let before = all
        for bad: [String: TraceValue] in [
            ["x": .number(2)], ["x": .text("1")], ["mode": .text("c")], ["y": .number(0)],
            ["x": .number(0.1), "prompt": .number(3)], ["x": .number(.nan)],
        ] {
            #expect(throws: BanditError.self) { try all.apply(bad) }
            #expect(all == before)
        }
        try all.apply(["x": .number(1), "prompt": .text("Hi.")])
        #expect(all["x"]?.value == .number(1) && all["prompt"]?.value == .text("Hi."))
    }
}

@Suite struct TraceOptimizerTests {
    private static func run(_ all: TraceParameters, input: Int = 0) -> TraceReport {
        var trace = Trace()
        let (a, b) = (trace.parameter(all.all[0]), trace.parameter(all.all[1]))
        let minus = TraceOperation("minus", numbers: { $0[0] - $0[1] }, derivatives: { _ in [1, -1] })
        let first = trace.apply(sum, to: [a])
        let second = trace.apply(minus, to: [first, b])
        var tags: [Int: TraceReport.Tag] = [:]
        for (node, wanted) in [(first, 3.0), (second, -1.5)] {
            let gap = trace.nodes[node].value.number! - wanted
            if abs(gap) > 0.01 { tags[node] = gap < 0 ? .increase : .decrease }
        }
        let miss = abs(trace.nodes[first].value.number! - 3) + abs(trace.nodes[second].value.number! + 1.5)
        return TraceReport(trace: trace, output: second, tags: tags, score: -miss, text: "input \(input)")
    }

    @Test func signedCoordinateFindsBothAgainstTheSign() throws {
        var tuner = SignedCoordinate(parameters([0, 0]))
        for _ in 0..<60 {
            let trial = tuner.choose()
            tuner.learn(trial, Self.run(trial.action.parameters))
        }
        #expect(abs(tuner.parameters["p0"]!.value.number! - 3) < 0.011)
        #expect(abs(tuner.parameters["p1"]!.value.number! - 4.5) < 0.021)
        try PolicyConformance.check(
            SignedCoordinate(parameters([0, 0]), inputs: 2), context: { _ in NoContext() },
            outcome: { Self.run($1.parameters, input: $0) })
    }

    @Test func traceSearchImproves() throws {
        var search = TraceSearch(parameters([0, 0]), seed: 2)
        for _ in 0..<300 {
            let trial = search.choose()
            search.learn(trial, Self.run(trial.action))
        }
        #expect(search.score! > -0.5, "\(search.score!)")
        try PolicyConformance.check(
            TraceSearch(parameters([0, 0])), context: { _ in NoContext() }, outcome: { Self.run($1) })
    }

    private struct Script: ProposalSource {
        let text: String
        func answer(to problem: String) throws -> String { text }
    }

    @Test func proposalsAreReadAndApplied() throws {
        var optimizer = TraceProposals(
            parameters([0, 0]), objective: "Make the tags go away.", memorySize: 2)
        let good = Script(
            text:
                #"Sure {not json}: {"reasoning": "brace } in text", "suggestion": {"p0": 3, "p1": 4.5}} done"#
        )
        #expect(try optimizer.step(Self.run(optimizer.parameters), good) == ["p0", "p1"])
        let report = Self.run(optimizer.parameters)
        #expect(report.tags.isEmpty)
        for bad in [
            "no", "{}", #"{"suggestion": {"p0": 99}}"#, #"{"suggestion": {"p0": true}}"#,
            "{\"suggestion\": 4",
        ] {
            let before = optimizer.parameters
            #expect(throws: BanditError.self) { try optimizer.step(report, Script(text: bad)) }
            #expect(optimizer.parameters == before)
        }
        let text = optimizer.problem(Self.run(optimizer.parameters))
        for part in [
            "#Objective\nMake the tags go away.", "[minus] ", "minus3 = minus(sum2, p1)",
            "p0 = 3.0  (a number from -10.0 to 10.0)",
            "#Outputs\nminus3 = -1.5", "score -0.0", "input 0", "#Earlier tries\np0 = 3.0, p1 = 4.5:",
        ] { #expect(text.contains(part), "\(part) is not in\n\(text)") }
    }

    @Test func tryingFirstWhatFailed() throws {
        let all = TraceParameters([
            .init("x", .number(0.5), .range(low: 0, high: 1)),
            .init("mode", .text("a"), .choices(["a", "b", "c"])),
        ])
        let pick = TraceOperation("pick") { values in
            guard values[0] == .text("c") else { throw BanditError.data("no such mode") }
            return .number(1)
        }
        func run(_ all: TraceParameters) -> TraceReport {
            var trace = Trace()
            let x = trace.parameter(all.all[0]), mode = trace.parameter(all.all[1])
            let picked = trace.apply(pick, to: [mode])
            let end = trace.apply(product, to: [picked, x])
            return TraceReport(trace: trace, output: end, score: trace.nodes[end].value.number ?? -1)
        }
        var search = TraceSearch(all, seed: 4)
        for round in 0..<12 {
            let trial = search.choose()
            if search.score == -1, round > 0 { #expect(trial.action["x"] == all["x"]) }
            search.learn(trial, run(trial.action))
        }
        #expect(search.parameters["mode"]?.value == .text("c") && search.score! >= 0.5)
    }
}
