import Heed

/// `heed tune --compare`: every try says which of two settings is better.
struct TuneByComparison {
    let options: TuneCommand
    let space: SearchSpace
    let template: CommandTemplate

    func run() throws {
        var state =
            try SearchState<PreferentialOptimization>.load(options.state)
            ?? SearchState(PreferentialOptimization(space: space, seed: options.seed))
        guard state.policy.space == space else {
            throw Failure("\(options.state ?? ""): holds a search over other settings", code: Failure.usage)
        }
        search: while state.policy.duels < options.evaluations {
            let room = min(options.parallel, options.evaluations - state.policy.duels)
            while state.open.count < room { state.open.append(state.policy.choose()) }
            try state.save(options.state)
            let duels = Array(state.open.prefix(room))
            let answers: [Double]
            if template.isEmpty {
                guard let answer = asked(duels[0].action) else { break search }
                answers = [answer]
            } else {
                answers = try judged(duels.map(\.action))
            }
            for (decision, answer) in zip(duels, answers) {
                state.policy.learn(decision, answer)
                let said = answer == 0.5 ? "a tie" : answer > 0.5 ? "the first" : "the second"
                options.tell(
                    "\(state.policy.duels)/\(options.evaluations)  1: \(TuneText.shown(decision.action.first))  2: \(TuneText.shown(decision.action.second))  \(said)"
                )
            }
            state.open.removeFirst(answers.count)
            try state.save(options.state)
        }
        guard let best = state.policy.recommendation else {
            throw Failure(
                "there was no comparison, so that there is nothing to recommend", code: Failure.failedFit)
        }
        if options.output.json {
            return try printJSON(
                CompareJSON(duels: state.policy.duels, recommendation: TuneValue.settings(best)))
        }
        var table = TextTable(columns: space.parameters.map { TextTable.Column($0.name) })
        table.rows.append(best.values.map { .text(TuneText.shown($0)) })
        try options.output.print(table)
        if options.output.isTable {
            try Console.out("Preferred after \(state.policy.duels) comparisons: \(TuneText.shown(best)).")
        }
    }

    private func asked(_ duel: Duel<SearchPoint>) -> Double? {
        while let answer = options.ask(
            "1: \(TuneText.shown(duel.first))\n2: \(TuneText.shown(duel.second))\nwhich is better (1, 2, or = for a tie)? "
        ) {
            switch answer {
            case "1": return 1
            case "2": return 0
            case "=", "0": return 0.5
            default: continue
            }
        }
        return nil
    }

    private func judged(_ duels: [Duel<SearchPoint>]) throws -> [Double] {
        let commands = duels.map { duel in
            template.filled(
                CommandTemplate.values(duel.first, prefix: "1.").merging(
                    CommandTemplate.values(duel.second, prefix: "2.")
                ) { first, _ in first })
        }
        return try CommandRun.all(commands, timeout: options.timeout).map { result in
            switch result.value {
            case 1: return 1
            case 2: return 0
            case 0: return 0.5
            default:
                throw Failure(
                    "the command has to print 1 or 2 for the better of the two, or 0 for a tie; it "
                        + (result.problem ?? "printed \(result.value)"), code: Failure.badData)
            }
        }
    }
}
