import Foundation
import Heed

/// `heed tune` where every try gives a number.
struct TuneByNumber {
    let options: TuneCommand
    let space: SearchSpace
    let template: CommandTemplate

    func run() throws {
        let goal: SearchGoal = options.minimize ? .minimize : .maximize
        var state =
            try SearchState<BayesianOptimization>.load(options.state)
            ?? SearchState(BayesianOptimization(space: space, goal: goal, seed: options.seed))
        guard state.policy.space == space else {
            throw Failure("\(options.state ?? ""): holds a search over other settings", code: Failure.usage)
        }
        guard state.policy.goal == goal else {
            throw Failure(
                "\(options.state ?? ""): holds a search for \(goal == .minimize ? "large" : "small") numbers",
                code: Failure.usage)
        }
        search: while state.policy.evaluations.count < options.evaluations {
            let room = min(options.parallel, options.evaluations - state.policy.evaluations.count)
            while state.open.count < room { state.open.append(state.policy.choose()) }
            // Should heed be stopped now, these are tried again.
            try state.save(options.state)
            let tries = Array(state.open.prefix(room))
            let results: [CommandRun.Result]
            if template.isEmpty {
                guard let answer = asked(tries[0].action) else { break search }
                results = [answer]
            } else {
                results = CommandRun.all(
                    tries.map { template.filled(CommandTemplate.values($0.action)) }, timeout: options.timeout
                )
            }
            for (decision, result) in zip(tries, results) {
                state.policy.learn(decision, result.value)
                let said = result.problem.map { "failed: it \($0)" } ?? TuneText.shown(result.value)
                options.tell(
                    "\(state.policy.evaluations.count)/\(options.evaluations)  \(TuneText.shown(decision.action))  \(said)"
                )
            }
            state.open.removeFirst(results.count)
            try state.save(options.state)
        }
        try report(state.policy)
    }

    private func asked(_ point: SearchPoint) -> CommandRun.Result? {
        while let answer = options.ask("\(TuneText.shown(point))  result (a number, or 'failed'): ") {
            if let value = Double(answer), value.isFinite { return CommandRun.Result(value: value) }
            if answer == "failed" {
                return CommandRun.Result(value: .nan, problem: "was said to have failed")
            }
        }
        return nil
    }

    private func report(_ policy: BayesianOptimization) throws {
        guard let found = policy.recommendation(confidence: 0.95) else {
            throw Failure(
                "no try gave a number, so that there is nothing to recommend", code: Failure.failedFit)
        }
        let result = TuneJSON(policy, found)
        if let path = options.chart {
            let chart = LineChart(
                title: "Best result so far",
                series: [
                    .init("best so far", result.bestSoFar.enumerated().map { .init(Double($0 + 1), $1) }),
                    .init(
                        "tries",
                        result.evaluations.enumerated().compactMap { place, e in
                            e.value.map { .init(Double(place + 1), $0) }
                        }),
                ], xAxis: "tries", yAxis: "result")
            try write(chart.image(width: 720).markup(standalone: true), to: path)
        }
        if options.output.json { return try printJSON(result) }
        var table = TextTable(
            columns: [.number("try")] + space.parameters.map { TextTable.Column($0.name) } + [
                .number("result")
            ])
        // CSV is for programs: all digits.
        let cell = { (value: SearchValue) in options.output.csv ? value.description : TuneText.shown(value) }
        let numbered = policy.evaluations.enumerated().map { ($0 + 1, $1) }
        let sign = policy.goal == .minimize ? -1.0 : 1.0
        let best = numbered.filter { $0.1.outcome.isFinite }.sorted {
            sign * $0.1.outcome > sign * $1.1.outcome
        }
        for (number, evaluation) in options.output.csv ? numbered : Array(best.prefix(5)) {
            table.rows.append(
                [.count(Double(number))] + evaluation.point.values.map { .text(cell($0)) }
                    + [evaluation.outcome.isFinite ? .text(cell(.real(evaluation.outcome))) : .missing])
        }
        try options.output.print(table)
        if options.output.isTable {
            let failed = policy.evaluations.count { !$0.outcome.isFinite }
            try Console.out(
                "Use \(TuneText.shown(found.point)): the model expects \(TuneText.shown(found.mean)) there "
                    + "(95% interval \(TuneText.shown(found.interval.lowerBound)) to \(TuneText.shown(found.interval.upperBound))), "
                    + "after \(policy.evaluations.count) tries\(failed > 0 ? ", \(failed) of which failed" : "")."
            )
        }
    }
}
