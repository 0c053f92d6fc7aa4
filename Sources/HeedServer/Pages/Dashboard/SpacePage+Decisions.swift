import HeedAPI
import Reports

extension SpacePage {
    /// What decisions paid off.
    var decisions: HTML {
        guard let decisions = view.decisions, decisions.decisions > 0 else { return noDecisions }
        let policy = view.models.first { $0.kind == .policy && $0.status == .live }
        return .all([
            HTML(.p, [.class("lede")]) {
                "\(Parts.count(decisions.decisions, "decision", "decisions")), "
                "\(Parts.count(decisions.rewarded)) of them with a reward. "
                if let policy {
                    HTML(.a, [.href(.path("spaces", space, "models", policy.id))]) { policy.id }
                    " (\(policy.method)) decides now; it learnt from \(Parts.count(policy.learned.learned)) pieces, "
                    "numbers \(Parts.count(Int(policy.learned.first))) to \(Parts.count(Int(policy.learned.last)))."
                } else {
                    "No policy is live yet: actions are chosen by chance."
                }
            },
            decisions.series.count > 1 ? Parts.chart(series(decisions), caption: seriesCaption) : .nothing,
            decisions.versions.isEmpty ? .nothing : versions(decisions),
            decisions.actions.isEmpty ? .nothing : actions(decisions),
            lookup,
        ])
    }

    private var noDecisions: HTML {
        let named = view.space.settings.actions
        let body =
            named.isEmpty
            ? "{\"actions\":[\"a\",\"b\"],\"features\":{\"hour\":14}}" : "{\"features\":{\"hour\":14}}"
        let reward = "{\"events\":[{\"kind\":\"reward\",\"decision\":\"ID\",\"value\":1}]}"
        return Parts.empty("No decisions yet") {
            HTML(.p) { "Ask for one, and send what came of it with the id of the answer:" }
            Parts.command(curl("POST", "decide", body))
            Parts.command(curl("POST", "events", reward))
        }
    }

    private var seriesCaption: String {
        "Mean reward over time with its 95% interval; the axis counts hours before the last reward."
    }

    private func series(_ decisions: DecisionsView) -> LineChart {
        let end = decisions.series.last?.time ?? 0
        let points = decisions.series.map { point in
            LineChart.Point((point.time - end) / 3600, point.reward.value, band: band(point.reward))
        }
        return LineChart(
            title: "Mean reward over time", series: [.init("mean reward", points)], xAxis: "hours",
            yAxis: "reward")
    }

    private func band(_ estimate: Estimate) -> ClosedRange<Double>? {
        guard let low = estimate.low, let high = estimate.high, low <= high else { return nil }
        return low...high
    }

    private func versions(_ decisions: DecisionsView) -> HTML {
        let bars = decisions.versions.suffix(20).map { version in
            BarChart.Bar(
                version.version, version.reward.value, interval: band(version.reward),
                highlighted: view.models.contains { $0.id == version.version && $0.status == .live })
        }
        return .all([
            HTML(.h3) { "By version" },
            Parts.chart(
                BarChart(
                    title: "Mean reward by version", bars: Array(bars), axis: "mean reward", decimals: 3),
                caption:
                    "Mean reward of what each version decided, with its 95% interval; the live one is coloured."
            ),
            HTML(.details, [.id("versions-table")]) {
                HTML(.summary) { "As a table" }
                Parts.table(
                    "Mean reward by version",
                    [.init("Version"), .init("Rewarded", number: true), .init("Mean reward", number: true)],
                    decisions.versions.suffix(200).map { version in
                        [
                            .text(version.version), .text(Parts.count(version.count)),
                            .text(Parts.estimate(version.reward)),
                        ]
                    })
            },
        ])
    }

    private func actions(_ decisions: DecisionsView) -> HTML {
        let total = max(1, decisions.actions.reduce(0) { $0 + max(0, $1.count) })
        return .all([
            HTML(.h3) { "By action, lately" },
            Parts.table(
                "How often each action was chosen, and what it paid off where it was",
                [
                    .init("Action"), .init("Chosen", number: true), .init("Share", number: true),
                    .init("Mean reward", number: true),
                ],
                decisions.actions.prefix(200).map { action in
                    [
                        HTML(.bdi) { action.action }, .text(Parts.count(action.count)),
                        .text(NumberText.percent(Double(action.count) / Double(total), 1)),
                        .text(action.reward.map { Parts.estimate($0) } ?? "–"),
                    ]
                }),
        ])
    }

    private var lookup: HTML {
        HTML(.form, [.set(.method, "get"), .action(.path("spaces", space, "decisions")), .class("row")]) {
            Forms.line(
                "Look up a decision", "id", id: "lookup",
                hint: "Its id: which version decided, and what that had learnt from.",
                [.flag(.required), .set(.autocomplete, "off"), .set(.spellcheck, "false")])
            HTML(.button, [.set(.type, "submit"), .class("quiet"), .id("lookup-go")]) { "Look up" }
        }
    }
}
