import HeedAPI
import Reports

extension SpacePage {
    /// The ranking with its uncertainty.
    var ranking: HTML {
        guard let ranking = view.ranking, !ranking.items.isEmpty else { return noRanking }
        return .all([
            HTML(.p, [.class("lede")]) {
                Parts.badge(ranking.settled ? "settled" : "open", ranking.settled ? "good" : "plain")
                " "
                ranking.advice
            },
            Parts.chart(plot(ranking), caption: caption(ranking)),
            .all(ranking.notes.map { note in HTML(.p, [.class("remark")]) { note } }),
            HTML(.details, [.id("ranking-table")]) {
                HTML(.summary) { "As a table" }
                table(ranking)
            },
        ])
    }

    private var noRanking: HTML {
        let items = view.space.settings.items.map(\.id)
        let left = items.first ?? "a", right = items.dropFirst().first ?? "b"
        let body =
            "{\"events\":[{\"kind\":\"comparison\",\"left\":\(quoted(left)),\"right\":\(quoted(right)),"
            + "\"outcome\":\"left\",\"judge\":\"ann\"}]}"
        return Parts.empty("No comparisons yet") {
            HTML(.p) {
                items.count < 2
                    ? "Name things to compare in the settings and invite people, or send comparisons:"
                    : "Invite people to compare, or send comparisons:"
            }
            Parts.command(curl("POST", "events", body))
        }
    }

    private func caption(_ ranking: RankingView) -> String {
        "\(ranking.method) from \(Parts.count(ranking.votes, "vote", "votes"))"
            + (ranking.setAside > 0 ? ", \(Parts.count(ranking.setAside)) set aside" : "")
            + ". The bars span what the votes leave open; ranks that cannot be ruled out stand at the left."
    }

    private func plot(_ ranking: RankingView) -> ForestPlot {
        let rows = ranking.items.prefix(60).map { entry in
            var row = ForestPlot.Row(
                entry.item, score: entry.score.value,
                interval: interval(
                    entry.score.low ?? entry.score.value, entry.score.high ?? entry.score.value))
            row.opensBelow = entry.score.low == nil
            row.opensAbove = entry.score.high == nil
            row.ranks = min(entry.rankLow, entry.rankHigh)...max(entry.rankLow, entry.rankHigh)
            row.highlighted = entry.rankLow <= 1
            return row
        }
        return ForestPlot(title: "Ranking of \(space)", rows: rows)
    }

    private func interval(_ a: Double, _ b: Double) -> ClosedRange<Double> {
        a.isNaN || b.isNaN ? 0...0 : min(a, b)...max(a, b)
    }

    private func table(_ ranking: RankingView) -> HTML {
        let rows = ranking.items.prefix(500).map { entry -> [HTML] in
            [
                HTML(.bdi) { entry.item }, .text("\(entry.rank)"),
                .text(
                    entry.rankLow == entry.rankHigh
                        ? "\(entry.rankLow)" : "\(entry.rankLow) to \(entry.rankHigh)"),
                .text(Parts.number(entry.score.value, 2)),
                .text(
                    "\(entry.score.low.map { Parts.number($0, 2) } ?? "−∞") to "
                        + "\(entry.score.high.map { Parts.number($0, 2) } ?? "∞")"),
                .text(Parts.count(Int(max(0, min(1e15, entry.comparisons.rounded()))))),
            ]
        }
        return Parts.table(
            "Ranking, best first",
            [
                .init("Item"), .init("Rank", number: true), .init("Can be", number: true),
                .init("Score", number: true, help: "natural log-odds; 0 is the average item"),
                .init("Interval", number: true), .init("Comparisons", number: true),
            ], Array(rows))
    }

    /// A text as JSON.
    func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            default: if scalar.value >= 0x20 { out.unicodeScalars.append(scalar) }
            }
        }
        return out + "\""
    }
}
