import Heed

/// `heed ope` for people: the answer in sentences, then the numbers.
struct OpeText {
    let result: OpeJSON
    let bench: OffPolicyBench
    let output: OutputOptions

    func print() throws {
        if output.json { return try printJSON(result) }
        if output.csv { return try output.print(csv) }
        if let why = bench.why {
            try Console.out("Probabilities of actions were estimated from the contexts: \(why).")
        }
        for policy in result.policies {
            try Console.out("\n\(policy.policy)\(policy.note.map { " (\($0))" } ?? "")")
            var sentences = policy.sentences
            if let anytime = policy.anytime {
                // The verdict of a single look is not one for a log that is watched.
                sentences[0] =
                    "Watched: \(anytime.verdict == "cannot tell" ? "can't tell yet" : anytime.verdict). The value is \(range(anytime.value)), the "
                    + "difference \(range(anytime.difference)), however often one looks."
            }
            for sentence in sentences {
                for line in AuditText.wrap(sentence, width: (output.terminal.width ?? 100) - 4) {
                    try Console.out("  " + line)
                }
            }
            try output.print(table(policy))
            if let first = policy.lists.first {
                try Console.out(
                    "  \(first.lists) lists of \(first.length), the policy filling each place on its own:")
                var table = TextTable(columns: [
                    TextTable.Column("estimator"), .number("value of a list"),
                    TextTable.Column("interval", minimum: 18),
                ])
                for list in policy.lists {
                    table.rows.append([
                        .text(list.estimator), .number(list.value.value, result.decimals),
                        .text(range(list.value)),
                    ])
                }
                try output.print(table)
            }
        }
        try Console.out(
            """
            dm, switch-dr and dros lean on a model of rewards, clipped-ips, sg-ips and sg-dr on smaller weights: their intervals
            leave out what that gets wrong.
            """)
        if result.policies.count > 1 {
            try Console.out(
                "The intervals are of each policy on its own; the best of several looks better than it is.")
        }
    }

    private func range(_ quantity: OpeJSON.Quantity) -> String {
        "\(NumberText.fixed(quantity.lower ?? .nan, result.decimals)) to \(NumberText.fixed(quantity.upper ?? .nan, result.decimals))"
    }

    private func table(_ policy: OpeJSON.Policy) -> TextTable {
        var table = TextTable(columns: [
            TextTable.Column("estimator"), .number("value"), TextTable.Column("interval", minimum: 18),
            .number("difference"), TextTable.Column("interval", importance: 4, minimum: 18),
        ])
        for estimate in [policy.estimate] + policy.others {
            table.rows.append([
                .text(estimate.estimator), .number(estimate.value.value, result.decimals),
                .text(range(estimate.value)),
                .number(estimate.difference.value, result.decimals), .text(range(estimate.difference)),
            ])
        }
        return table
    }

    private var csv: TextTable {
        var table = TextTable(columns: [
            TextTable.Column("policy"), TextTable.Column("estimator"), TextTable.Column("verdict"),
            .number("value"),
            .number("lower"), .number("upper"), .number("difference"), .number("difference lower"),
            .number("difference upper"),
        ])
        for policy in result.policies {
            for (place, estimate) in ([policy.estimate] + policy.others).enumerated() {
                let value = estimate.value, gap = estimate.difference
                table.rows.append(
                    [
                        .text(policy.policy), .text(estimate.estimator),
                        .text(place == 0 ? policy.verdict : ""),
                    ]
                        + [value.value, value.lower, value.upper, gap.value, gap.lower, gap.upper].map {
                            $0.map { .number($0, 8) } ?? .missing
                        })
            }
        }
        return table
    }
}
